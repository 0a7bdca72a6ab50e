"""The manifest of an exported folder: what is in it, its checksums, and a signature that stands beside it.

`manifest.signature.json` holds the journal's Ed25519 signature over the very bytes of `manifest.json`. Exports of
format 1 had none: of them only the records (JSONL) are signed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from telehealth_widget.journal.signature import check_file
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.review.comments import ENDING
from telehealth_widget.review.loading import verify_jsonl

MANIFEST = "manifest.json"
SIGNATURE = "manifest.signature.json"
FORMAT = "telehealth_widget export 2"
UNSIGNED_FORMAT = "telehealth_widget export 1"


def write_manifest(folder: Path, facts: dict[str, Any], sign: Callable[[bytes], bytes]) -> None:
    """Write the facts and the checksum of every file in the folder, and sign them.

    `sign` gives the signature of bytes as of `journal.signature.signed_file`.
    """
    files = [
        {
            "path": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    manifest = {"format": FORMAT, **facts, "files": files}
    content = (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
    (folder / MANIFEST).write_bytes(content)
    (folder / SIGNATURE).write_bytes(sign(content))


def read_manifest(folder: Path | str) -> dict[str, Any]:
    """What the manifest says, unchecked.

    Raises:
        TelehealthError: BAD_OPTION if there is none, or it cannot be understood.
    """
    return _read(Path(folder))[1]


def is_unsigned(folder: Path | str) -> bool:
    """Whether an older version made it, without a signature."""
    return read_manifest(folder).get("format") == UNSIGNED_FORMAT


def check_folder(folder: Path | str, trusted_key: str | None = None) -> list[str]:
    """What is wrong with an exported folder, one sentence a fault: signature, checksums, missing and added files, each
    record's chain. Empty if all is well. Reviewers' comments beside the records are passed over.

    `trusted_key`: the public key (hex) that must have signed it. Without one the folder is only checked against the key
    it names itself (`read_manifest(folder)["public_key"]`): compare that with the one you were given.

    Raises:
        TelehealthError: BAD_OPTION if there is no manifest, or it cannot be understood.
    """
    folder = Path(folder)
    content, manifest = _read(folder)
    listed = {str(x["path"]): str(x["sha256"]) for x in manifest["files"]}
    there = {x.relative_to(folder).as_posix() for x in folder.rglob("*") if x.is_file()}
    there -= {MANIFEST, SIGNATURE}
    added = {path for path in there - set(listed) if not path.endswith(ENDING)}
    faults = _faults_of_signature(folder, content, manifest, trusted_key)
    faults += [f"{path} is missing." for path in sorted(set(listed) - there)]
    faults += [f"{path} is not in the manifest." for path in sorted(added)]
    key = trusted_key
    if key is None and not is_unsigned(folder):
        key = str(manifest.get("public_key"))
    for path in sorted(there & set(listed)):
        if sha256((folder / path).read_bytes()).hexdigest() != listed[path]:
            faults.append(f"{path} was changed.")
        if path.endswith(".jsonl"):
            problem = verify_jsonl(folder / path, key).verification.problem
            if problem is not None:
                faults.append(f"{path}: {problem}")
    return faults


def _read(folder: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        content = (folder / MANIFEST).read_bytes()
        manifest: dict[str, Any] = json.loads(content)
        [(x["path"], x["sha256"]) for x in manifest["files"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise TelehealthError(
            ErrorCode.BAD_OPTION, f"{folder} holds no {MANIFEST} that can be read."
        ) from None
    return content, manifest


def _faults_of_signature(
    folder: Path, content: bytes, manifest: dict[str, Any], trusted_key: str | None
) -> list[str]:
    try:
        beside = (folder / SIGNATURE).read_bytes()
    except OSError:
        if manifest.get("format") != UNSIGNED_FORMAT:
            return [f"{SIGNATURE} is missing, or cannot be read."]
        if trusted_key is None:
            return []
        return [
            f"{MANIFEST} is not signed: an older version made this export. Only its records can be "
            "checked with a key, one by one."
        ]
    problem = check_file(content, beside, str(manifest.get("public_key")), trusted_key)
    return [] if problem is None else [f"{MANIFEST}: {problem}"]
