"""Every exception of the SDK, mapped once to what the person should know and do next."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from executors.errors import ExecutorError, ExecutorUnavailable

TRY_LOCAL = "try again in a minute, or switch to the local executor"


class SandboxGone(ExecutorError):
    """The sandbox has ended: its lease ran out or somebody killed it. A new one can be made."""


class Unanswered(ExecutorUnavailable):
    """No answer came. Whether the sandbox is still there has to be asked."""


class QuotaReached(ExecutorUnavailable):
    """The account has as many sandboxes, or has sent as many requests, as it may."""


@contextmanager
def sdk_faults() -> Generator[None]:
    """Turn what the SDK raises inside the block into an error of ours; let the rest pass.

    Raises:
        FileNotFoundError: there is no such file in the sandbox.
        SandboxGone: the sandbox does not exist any more.
        Unanswered: the service or the sandbox could not be reached, or not in time.
        ExecutorUnavailable: the service refused.
    """
    try:
        yield
    except Exception as exc:
        if (fault := fault_of(exc)) is None:
            raise
        raise fault from exc


def fault_of(exc: Exception) -> Exception | None:
    """Our error for one of the SDK's; None for an exception that is not one of those."""
    import httpx
    from e2b import exceptions as e2b

    match exc:
        case e2b.AuthenticationException():
            return ExecutorUnavailable(
                "E2B did not accept the API key. Check it in the E2B dashboard "
                "(https://e2b.dev/dashboard, under API Keys) and enter it again."
            )
        case e2b.RateLimitException():
            return QuotaReached(
                "This E2B account has reached its limit of sandboxes or requests. "
                f"Close conversations that you no longer need, {TRY_LOCAL}."
            )
        case e2b.ServiceBusyException():
            return ExecutorUnavailable(f"E2B is busy right now: {TRY_LOCAL}.")
        case e2b.SandboxNotFoundException() | e2b.SandboxNotRunningException():
            return SandboxGone("The E2B sandbox has ended. The next code cell starts a new one.")
        case e2b.FileNotFoundException():
            return FileNotFoundError(str(exc))
        case e2b.NotEnoughSpaceException():
            return ExecutorUnavailable("The disk of the E2B sandbox is full. Delete some files.")
        case e2b.TimeoutException() | httpx.TransportError() | ConnectionError():
            return Unanswered(
                f"E2B cannot be reached. Check the network and the address, {TRY_LOCAL}."
            )
        case e2b.SandboxException():
            return refusal(exc.status_code, str(exc))
        case _:
            return None


def refusal(status: int | None, detail: str) -> ExecutorUnavailable:
    """The service said no, and the status code tells why."""
    if "template" in detail.lower():
        return ExecutorUnavailable(
            f"E2B cannot start a sandbox from this template ({detail}). Check its name, or leave "
            "it empty for the standard one."
        )
    match status:
        case 404 | 405:
            return ExecutorUnavailable(
                "This E2B service does not know the request for a new sandbox (/v2/sandboxes). A "
                "self-hosted one may need an older SDK: `pip install 'e2b<2.51'`. For E2B's own "
                "service, check the domain."
            )
        case 403:
            return ExecutorUnavailable(
                f"E2B refused access ({detail}). Check the account in the E2B dashboard "
                "(https://e2b.dev/dashboard)."
            )
        case _:
            return ExecutorUnavailable(f"E2B refused the request ({detail}): {TRY_LOCAL}.")
