"""Pictures and files."""

from typing import Any

from playground.chats import File
from playground.errors import bad
from playground.images import picture_size
from playground.methods.sending import post
from playground.parameters import Parameters, Upload
from playground.playground import Playground
from playground.texts import read_caption

LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOWNLOAD = 20 * 1024 * 1024
LARGEST_SIDES = 10_000
WIDEST = 20
SHORTEST_FILE_ID = 20
MOST_IN_ALBUM = 10


def send_photo(playground: Playground, parameters: Parameters) -> dict[str, Any]:
    """Send a picture: uploaded, or known by its file_id."""
    content = _photo(playground, _file(playground, parameters, "photo"))
    return post(playground, parameters, content | read_caption(parameters))


def send_document(playground: Playground, parameters: Parameters) -> dict[str, Any]:
    """Send a file: uploaded, or known by its file_id."""
    content = _document(playground, _file(playground, parameters, "document"))
    return post(playground, parameters, content | read_caption(parameters))


def send_media_group(playground: Playground, parameters: Parameters) -> list[dict[str, Any]]:
    """Send up to ten pictures or files together."""
    album = parameters.structure("media", "can't parse media JSON object")
    if not isinstance(album, list):
        raise bad("expected an Array of InputMedia")
    if not album:
        raise bad("there are no messages to send")
    if len(album) > MOST_IN_ALBUM:
        raise bad("too many messages to send as an album")
    contents = [read_media(playground, parameters, media) for media in album]
    return [post(playground, parameters, content) for content in contents]


def read_media(playground: Playground, parameters: Parameters, media: Any) -> dict[str, Any]:
    """Give a message's content from an InputMedia object."""
    if not isinstance(media, dict):
        raise bad("can't parse InputMedia: expected an Object")
    texts = {name: str(value) for name, value in media.items() if isinstance(value, str)}
    inner = Parameters(texts, parameters.files)
    caption = read_caption(inner)
    file = _file(playground, inner, "media")
    match media.get("type"):
        case "photo":
            return _photo(playground, file) | caption
        case "document":
            return _document(playground, file) | caption
        case _:
            raise bad("type of the media is unsupported")


def get_file(playground: Playground, parameters: Parameters) -> dict[str, Any]:
    """Give the path under which a file can be fetched."""
    file = _known(playground, parameters.text("file_id"))
    if len(file.content) > LARGEST_DOWNLOAD:
        raise bad("file is too big")
    return _described(file) | {"file_path": file.path}


def _file(playground: Playground, parameters: Parameters, name: str) -> Upload | File:
    """Find what a parameter names: its own upload, `attach://` another, or a file_id."""
    text = parameters.text(name)
    upload = parameters.files.get(name)
    if text.startswith("attach://"):
        upload = parameters.files.get(text.removeprefix("attach://"))
    if upload is not None:
        if not upload.content:
            raise bad("file must be non-empty")
        return upload
    if not text or text.startswith("attach://"):
        raise bad(f"there is no {name} in the request")
    return _known(playground, text)


def _known(playground: Playground, file_id: str) -> File:
    file = playground.chats.files.get(file_id)
    if file is not None:
        return file
    if file_id.startswith(("http://", "https://")):
        raise bad("wrong file identifier/HTTP URL specified")
    if len(file_id) < SHORTEST_FILE_ID:
        raise bad("wrong remote file identifier specified: Wrong string length")
    raise bad("wrong file_id or the file is temporarily unavailable")


def _photo(playground: Playground, source: Upload | File) -> dict[str, Any]:
    size = picture_size(source.content)
    if len(source.content) > LARGEST_PHOTO:
        raise bad(
            f"file of size {len(source.content)} bytes is too big for a photo;"
            f" the maximum size is {LARGEST_PHOTO} bytes"
        )
    if size is None:
        raise bad("IMAGE_PROCESS_FAILED")
    width, height = size
    if width + height > LARGEST_SIDES or max(size) > WIDEST * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    file = _kept(playground, source, "photos")
    return {"photo": [_described(file) | {"width": width, "height": height}]}


def _document(playground: Playground, source: Upload | File) -> dict[str, Any]:
    file = _kept(playground, source, "documents")
    return {"document": _described(file) | {"file_name": file.name, "mime_type": file.mime}}


def _kept(playground: Playground, source: Upload | File, folder: str) -> File:
    if isinstance(source, File):
        return source
    return playground.chats.add_file(folder, source.name, source.mime, source.content)


def _described(file: File) -> dict[str, Any]:
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.content),
    }


METHODS = {
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "getFile": get_file,
}
