"""`python -m app.alive`: whether the running bot is well, for a container's health check.

It asks /healthz at LETLOOSE_LISTEN and imports nothing but the standard library, since it is
started twice a minute.
"""

import json
import os
import sys
import urllib.error
import urllib.request

PATIENCE = 5.0
ANYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]", "::": "[::1]"}  # noqa: S104


def main() -> int:
    """Print what is wrong, if anything; 0 while all is well."""
    listen = os.environ.get("LETLOOSE_LISTEN", "")
    if ":" not in listen:
        return _say("LETLOOSE_LISTEN is not set, so nobody tells how it is", 1)
    try:
        with urllib.request.urlopen(f"http://{reached(listen)}/healthz", timeout=PATIENCE):
            return _say("well", 0)
    except urllib.error.HTTPError as error:
        return _say("; ".join(json.load(error)["problems"]), 1)
    except OSError as error:
        return _say(f"nobody answers at {listen}: {error}", 1)


def reached(listen: str) -> str:
    """Where this machine reaches what listens at host:port."""
    host, _, port = listen.rpartition(":")
    return f"{ANYWHERE.get(host, host)}:{port}"


def _say(words: str, code: int) -> int:
    print(words)
    return code


if __name__ == "__main__":
    sys.exit(main())
