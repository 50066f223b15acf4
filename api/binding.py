"""The rule for listening where others can reach us. Imports nothing heavy: the supervisor asks it too."""

from __future__ import annotations

import ipaddress


def check_bind(host: str, *, keys: bool, allow_public: bool) -> None:
    """Refuse to listen on an address that others can reach, unless keys are set or it is allowed in so many words.

    Raises ValueError with the remedy.
    """
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local and not keys and not allow_public:
        raise ValueError(
            f"{host} can be reached from other machines, and no API key is set. "
            "Set NEWSLEDGER_API_KEYS_FILE, or NEWSLEDGER_PUBLIC=true (serve --public) to serve everyone without a key"
        )
