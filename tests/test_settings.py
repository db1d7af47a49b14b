import pytest
from pydantic import ValidationError

from function.settings import Settings, SettingsError, load_settings, settings_table


def test_defaults_need_no_environment() -> None:
    settings = load_settings({})
    assert (settings.models, settings.weights, settings.port, settings.concurrency) == ("motion", "embedded", 8080, 32)
    assert settings.results.startswith("file:///")


def test_variables_are_read_with_their_types() -> None:
    environ = {"FUNCTION_CONCURRENCY": "4", "FUNCTION_BATCH_WAIT_MS": "2.5", "FUNCTION_EXIT_ON_FAILED_STARTUP": "true", "PORT": "9000"}
    settings = load_settings(environ)
    assert (settings.concurrency, settings.batch_wait_ms, settings.exit_on_failed_startup, settings.port) == (4, 2.5, True, 9000)


def test_an_empty_variable_counts_as_unset() -> None:
    assert load_settings({"FUNCTION_MODELS": " ", "PORT": ""}).models == "motion"


def test_variables_of_others_are_ignored() -> None:
    assert load_settings({"PATH": "/bin", "K_OTHER": "x", "FUNCTIONS": "y"}).models == "motion"


def test_an_unknown_variable_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"FUNCTION_CONCURENCY is not a setting\. The nearest is FUNCTION_CONCURRENCY"):
        load_settings({"FUNCTION_CONCURENCY": "4"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FUNCTION_CONCURRENCY", "0"),
        ("FUNCTION_CONCURRENCY", "many"),
        ("FUNCTION_DEVICE", "gpu"),
        ("FUNCTION_TIMEOUT_S", "nan"),
        ("FUNCTION_TIMEOUT_S", "inf"),
        ("FUNCTION_RESULTS", "ftp://there"),
        ("FUNCTION_LOG_FORMAT", "xml"),
        ("PORT", "70000"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings({name: value})
    assert str(error.value).startswith(f"{name} (it is '{value}'): ")
    assert "\n" not in str(error.value)


def test_the_variant_of_a_served_model_is_a_setting() -> None:
    assert load_settings({"FUNCTION_MOTION_VARIANT": "lite"}).variants == {"motion": "lite"}


def test_the_variant_of_another_model_is_not() -> None:
    with pytest.raises(SettingsError, match=r"FUNCTION_MOTON_VARIANT is not a setting\. The nearest is FUNCTION_MOTION_VARIANT"):
        load_settings({"FUNCTION_MOTON_VARIANT": "lite"})


def test_a_plug_in_may_have_any_name() -> None:
    settings = load_settings({"FUNCTION_MODELS": "pkg.thing:Thing", "FUNCTION_THING_VARIANT": "big"})
    assert settings.variants == {"thing": "big"}


def test_the_key_is_random_and_never_shown() -> None:
    first, second = load_settings({}), load_settings({})
    assert first.results_key != second.results_key
    assert first.results_key not in repr(first)


def test_a_wrong_key_is_not_shown() -> None:
    with pytest.raises(SettingsError) as error:
        load_settings({"FUNCTION_RESULTS_KEY": "short"})
    assert "short" not in str(error.value)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1


def test_the_source_of_events_is_the_service() -> None:
    assert Settings().source == "figurine"
    assert Settings(k_service="puppets").source == "puppets"
    assert Settings(k_service="puppets", event_source="/mine").source == "/mine"


def test_the_table_has_a_line_for_every_setting() -> None:
    table = settings_table()
    assert "| `FUNCTION_CONCURRENCY` | `32` |" in table
    assert "| `PORT` | `8080` |" in table
    assert "| `FUNCTION_<MODEL>_VARIANT` |" in table
    assert len(table.splitlines()) == len(Settings.model_fields) + 2
    assert all(line.count("|") == 4 for line in table.splitlines())
