"""A file is put in its place whole or not at all, and is there after a power cut: its folder is synced behind it."""

import os
import stat

import pytest

from agent.disk import put_file


def test_the_file_is_synced_before_it_gets_its_name_and_its_folder_afterwards(tmp_path, monkeypatch):
    target, steps, real = tmp_path / "file", [], os.fsync

    def fsync(descriptor):
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        steps.append(("folder" if is_folder else "file", target.exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    put_file(target, b"whole")
    assert steps == [("file", False), ("folder", True)]
    assert target.read_bytes() == b"whole"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_fails_leaves_the_older_file_and_nothing_else(tmp_path, monkeypatch):
    target = tmp_path / "file"
    put_file(target, b"older")

    def fsync(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        put_file(target, b"newer")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert target.read_bytes() == b"older"
