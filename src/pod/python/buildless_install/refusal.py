"""Why the installer cannot go on, and where that is reported."""

import os

# What the kubelet reads of a termination message
# (kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure).
LIMIT = 4096
DEFAULT_FILE = "/dev/termination-log"


class Refusal(Exception):
    """An expected failure; its text is for the person who reads the Pod's status."""


def write_termination_message(text: str) -> None:
    """Leaves the reason where `kubectl describe pod` shows it; stops nothing where it cannot."""
    chosen = os.environ.get("BUILDLESS_TERMINATION_LOG")
    # The kubelet makes the default file; where it is missing there is no kubelet, and /dev is not a place to leave one.
    if chosen is None and not os.path.exists(DEFAULT_FILE):
        return
    try:
        with open(chosen or DEFAULT_FILE, "wb") as file:
            file.write(cut(text, LIMIT))
    except OSError:
        pass


def cut(text: str, limit: int) -> bytes:
    """Cuts a string to a number of bytes in UTF-8, between two characters."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= limit:
        return encoded
    mark = b"..."
    return encoded[: limit - len(mark)].decode("utf-8", "ignore").encode("utf-8") + mark


def explain_system_error(error: OSError) -> str | None:
    """Explains an error of the file system that the Pod's owner can do something about."""
    import errno

    place = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"the volume is full{place}; have the administrator raise volumes.appSizeLimit or volumes.tmpSizeLimit "
            "of the configuration, or need fewer packages"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"access denied{place} for user {os.getuid()}; see that all containers of the Pod run as the same user"
    if error.errno == errno.EROFS:
        return (
            f"the file system is read-only{place}; "
            "the volumes buildless-app and buildless-tmp must be writable here"
        )
    return None
