"""One thing that a check has found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`fails`: it would fail; otherwise it may surprise. `mend` is a command."""

    what: str
    mend: str = ""
    fails: bool = True

    def __str__(self) -> str:
        return f"{'FAIL' if self.fails else 'note'}  {self.what}" + (f"\n      {self.mend}" if self.mend else "")


def surprise(what: str, mend: str = "") -> Finding:
    return Finding(what, mend, fails=False)


def set_config(name: str, key: str, value: str, namespace: str = "knative-serving") -> str:
    """The command that sets one key of Knative's configuration."""
    return f'kubectl patch configmap {name} -n {namespace} --type merge -p \'{{"data":{{"{key}":"{value}"}}}}\''
