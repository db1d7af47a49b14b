"""Every way a request can fail, as one tree of exceptions. Knows nothing of HTTP beyond the status each class names.

    FigurineError
      InvalidRequest 400            Unauthorized 401          Forbidden 403       NotFound 404
      MethodNotAllowed 405          NotAcceptable 406         PayloadTooLarge 413 UnsupportedMediaType 415
      InvalidInput 422
        NoFaceFound 422
      TooManyRequests 429
        RateLimited 429             Overloaded 429
      Unavailable 503
        NotReady 503                Draining 503              GpuOutOfMemory 503
      ModelFailed 500
      DeadlineExceeded 504
      Cancelled 499                 (the caller left; nobody reads the answer)

A detail says in one sentence what was wrong and what would be right: never a stack trace, a path or a secret.
"""

from typing import ClassVar


class FigurineError(Exception):
    """Base of all errors that a caller may see. `retry_after` is in seconds, where waiting helps."""

    code: ClassVar[str] = "model_failed"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "The model failed"

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after


class InvalidRequest(FigurineError):
    code, status, title = "invalid_request", 400, "The request is malformed"


class Unauthorized(FigurineError):
    code, status, title = "unauthorized", 401, "A credential is needed"


class Forbidden(FigurineError):
    code, status, title = "forbidden", 403, "The credential does not allow this"


class NotFound(FigurineError):
    code, status, title = "not_found", 404, "There is nothing at this address"


class MethodNotAllowed(FigurineError):
    code, status, title = "method_not_allowed", 405, "The address does not take this method"


class NotAcceptable(FigurineError):
    code, status, title = "not_acceptable", 406, "None of the accepted media types can be produced"


class PayloadTooLarge(FigurineError):
    code, status, title = "payload_too_large", 413, "The body is too large"


class UnsupportedMediaType(FigurineError):
    code, status, title = "unsupported_media_type", 415, "The content type is not supported"


class InvalidInput(FigurineError):
    """Well formed, but nothing the model can work with."""

    code, status, title = "invalid_input", 422, "The input cannot be used"


class NoFaceFound(InvalidInput):
    code, title = "no_face_found", "No face was found"


class TooManyRequests(FigurineError):
    code, status, title = "overloaded", 429, "Too many requests"


class RateLimited(TooManyRequests):
    code, title = "rate_limited", "The caller's rate limit is reached"


class Overloaded(TooManyRequests):
    code, title = "overloaded", "The queue is full"


class Unavailable(FigurineError):
    code, status, title = "not_ready", 503, "The service is not available"


class NotReady(Unavailable):
    code, title = "not_ready", "The model is not ready yet"


class Draining(Unavailable):
    code, title = "draining", "The server is shutting down"


class GpuOutOfMemory(Unavailable):
    code, title = "gpu_out_of_memory", "The device ran out of memory"


class ModelFailed(FigurineError):
    """The model raised something of its own. The detail names the kind of failure only; the log has the rest."""


class DeadlineExceeded(FigurineError):
    code, status, title = "deadline_exceeded", 504, "The deadline passed"


class Cancelled(FigurineError):
    code, status, title = "cancelled", 499, "The caller left"
