"""Receiving: getUpdates, the webhook's settings, and ending the connection."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from playground.errors import RefusedError, bad, conflict, too_many_requests
from playground.faults import boottime
from playground.links import checked_link
from playground.parameters import Parameters
from playground.playground import Playground, WebhookState

HOOKED = (
    "can't use getUpdates method while webhook is active;"
    " use deleteWebhook to delete the webhook first"
)


@dataclass(frozen=True, slots=True)
class Described:
    """A result with a sentence beside it, as setWebhook answers."""

    result: Any
    description: str


async def get_updates(playground: Playground, parameters: Parameters) -> list[dict[str, Any]]:
    """Give what is new, waiting for it if asked to."""
    if playground.webhook.url:
        raise conflict(HOOKED)
    _allow(playground, parameters)
    return await playground.updates.poll(parameters)


def set_webhook(playground: Playground, parameters: Parameters) -> Described:
    """Have updates delivered by POST; as with `--local`, http and any address will do."""
    url = parameters.text("url").strip()
    if not url:
        return delete_webhook(playground, parameters)
    if boottime() - playground.webhook.set_at < 1:
        raise too_many_requests(1)
    wanted = WebhookState(
        url=_checked_url(url),
        secret=_checked_secret(parameters.text("secret_token")),
        max_connections=parameters.integer("max_connections", 40, 1, 100),
    )
    _allow(playground, parameters)
    same = _wish(wanted) == _wish(playground.webhook)
    _replace(playground, parameters, playground.webhook if same else wanted)
    return Described(result=True, description=f"Webhook {'is already' if same else 'was'} set")


def delete_webhook(playground: Playground, parameters: Parameters) -> Described:
    """Go back to getUpdates."""
    same = not playground.webhook.url
    _replace(playground, parameters, WebhookState())
    return Described(result=True, description=f"Webhook {'is already' if same else 'was'} deleted")


def get_webhook_info(
    playground: Playground,
    parameters: Parameters,  # noqa: ARG001
) -> dict[str, Any]:
    """Tell how delivery goes."""
    state = playground.webhook
    info: dict[str, Any] = {
        "url": state.url,
        "has_custom_certificate": False,
        "pending_update_count": len(playground.updates),
    }
    if state.url:
        info |= {"max_connections": state.max_connections, "ip_address": "127.0.0.1"}
    if state.last_error is not None:
        info |= {
            "last_error_date": state.last_error_at,
            "last_error_message": state.last_error,
        }
    if playground.updates.allowed is not None:
        info["allowed_updates"] = playground.updates.allowed
    return info


def end(playground: Playground, parameters: Parameters) -> bool:  # noqa: ARG001
    """Answer logOut and close, which only matter to a server that can be moved away from."""
    return True


def _allow(playground: Playground, parameters: Parameters) -> None:
    with suppress(RefusedError):  # what cannot be read changes nothing
        playground.updates.allow(parameters.structure("allowed_updates", ""))


def _checked_url(url: str) -> str:
    whole = url if "://" in url else f"https://{url}"
    link = checked_link(whole.replace("://localhost", "://127.0.0.1"))
    if link is None or not whole.startswith(("http://", "https://")):
        raise bad("bad webhook: Invalid URL provided")
    return whole


def _checked_secret(secret: str) -> str:
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch("[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    return secret


def _wish(state: WebhookState) -> tuple[Any, ...]:
    return state.url, state.secret, state.max_connections


def _replace(playground: Playground, parameters: Parameters, state: WebhookState) -> None:
    if parameters.flag("drop_pending_updates"):
        playground.updates.drop_all()
    if state.url:
        playground.updates.end_poll()
        state.set_at = boottime()
    playground.webhook = state
    kept: Mapping[str, Any] = asdict(state) | {"set_at": -1e9}
    playground.archive.keep("webhook", "state", kept)
    playground.webhook_changed.set()


METHODS = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "logOut": end,
    "close": end,
}
