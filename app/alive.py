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
    host, _, port = listen.rpartition(":")
    if not port:
        return _say("LETLOOSE_LISTEN is not set, so nobody tells how it is", 1)
    try:
        url = f"http://{ANYWHERE.get(host, host)}:{port}/healthz"
        with urllib.request.urlopen(url, timeout=PATIENCE):
            return _say("well", 0)
    except urllib.error.HTTPError as error:
        return _say("; ".join(json.load(error)["problems"]), 1)
    except OSError as error:
        return _say(f"nobody answers at {listen}: {error}", 1)


def _say(words: str, code: int) -> int:
    print(words)
    return code


if __name__ == "__main__":
    sys.exit(main())
