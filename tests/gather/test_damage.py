"""Files that are cut, torn, lying or hostile: what is whole comes out, what is not is named, nothing takes much."""

from __future__ import annotations

import gzip
import random
import struct
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from scraper.gather.describe import Limits
from scraper.gather.holdings import Holdings
from scraper.gather.http import Unfit
from scraper.gather.wacz import MOST_MEMBERS, members
from tests.gather.shapes import (
    DAY,
    HOUR,
    PACKINGS,
    PIER,
    START,
    Answer,
    per_record,
    plain,
    record,
    repeat,
    sha1,
    together,
    unpacked,
    wacz,
    warcinfo,
    written,
)
from tests.tally import Tally

NOW = START + 700 * DAY
SMALL = Limits(page=100_000, pdf=100_000)


def short(number: int, size: int = 60) -> Answer:
    """A page of a few bytes."""
    return Answer(body=f"<p>page {number} {'.' * size}</p>".encode(), at=START + number * HOUR)


def out_of(tmp_path: Path, data: bytes, limits: Limits = SMALL) -> tuple[list[bytes], list[str]]:
    """The bodies in a file, and what is said of it; the reasons for which a page could not be read are among that."""
    bodies, said = [], []
    with Holdings(tmp_path, NOW, limits) as holdings:
        holdings.add(written(tmp_path, data), None)
        for found in holdings.shelf.by_date():
            try:
                bodies.append(holdings.page(found).body)
            except Unfit as exc:
                said.append(exc.reason)
        return bodies, [*said, *holdings.told.left, *(each.partition(": ")[2] for each in holdings.told.troubles)]


THREE = [short(n) for n in range(3)]


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_file_that_ends_anywhere(tmp_path: Path, packing: str, tally: Tally) -> None:
    """Cut at every byte: the whole records before the cut come, and no others; that it is cut is said, or no record is
    begun there."""
    made = [warcinfo(), *map(plain, THREE)]
    data, bodies = PACKINGS[packing](*made), [each.body for each in THREE]
    right = 0
    for cut in range(len(data)):
        found, said = out_of(tmp_path, data[:cut])
        assert found == bodies[: len(found)], cut
        right += bool(said) or data[:cut] in {PACKINGS[packing](*made[:n]) for n in range(len(made) + 1)} or (
            packing != "one member" and _ends_between(data[:cut])
        )  # fmt: skip
    tally("WARC cut anywhere", len(data), right)
    assert right == len(data)


def _ends_between(data: bytes) -> bool:
    """Whether what is left ends where a record or its member does, give or take line ends."""
    try:
        whole = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (EOFError, gzip.BadGzipFile):
        return False
    plain_records = [warcinfo(), *map(plain, THREE)]
    ends = {b"".join(plain_records[:n]).rstrip(b"\r\n") for n in range(len(plain_records) + 1)}
    return whole.rstrip(b"\r\n") in ends


@pytest.mark.parametrize("packing", ["a member a record", "plain"])
def test_what_follows_a_torn_record_is_found_again(tmp_path: Path, packing: str, tally: Tally) -> None:
    """Each record in turn is torn, at several places: all the others come, and the hole is named."""
    made = [PACKINGS[packing](each) for each in (warcinfo(), *map(plain, [*THREE, short(3)]))]
    bodies = [each.body for each in (*THREE, short(3))]
    for torn in range(1, len(made)):
        for keep in (1, 10, len(made[torn]) // 2, len(made[torn]) - 9):
            data = b"".join([*made[:torn], made[torn][:keep], *made[torn + 1 :]])
            found, said = out_of(tmp_path, data)
            assert set(bodies) - set(found) <= {bodies[torn - 1]}, (torn, keep)
            assert said, (torn, keep)
            tally("torn WARC records", 1, 1)


def test_zeros_at_the_end_are_named(tmp_path: Path) -> None:
    """As a file system leaves them after a power cut."""
    found, said = out_of(tmp_path, per_record(*map(plain, THREE)) + bytes(4096))
    assert found == [each.body for each in THREE]
    assert said[0].endswith("is no gzip member")


@pytest.mark.parametrize("length", ["0", "10", "99999", "99999999999999", "-1", "1e3", "", "9" * 40, "٣"])
@pytest.mark.parametrize("packing", PACKINGS)
def test_a_length_that_lies(tmp_path: Path, length: str, packing: str, tally: Tally) -> None:
    """Too short, too long, none: the record is left out, and those after it come where they can be found."""
    liar = Answer(body=b"<p>liar</p>", at=START + DAY, warc={"Content-Length": length or " "})
    data = PACKINGS[packing](plain(THREE[0]), plain(liar), plain(THREE[1]), plain(THREE[2]))
    found, said = out_of(tmp_path, data)
    assert b"<p>liar</p>" not in found
    assert said
    assert found[:1] == [THREE[0].body]
    if packing in {"a member a record", "plain"}:
        assert found == [each.body for each in THREE]
    tally("WARC lengths that lie", 1, 1)


@pytest.mark.parametrize(
    "declared",
    [
        {"WARC-Block-Digest": sha1(b"other")},
        {"WARC-Payload-Digest": sha1(b"other")},
        {"WARC-Payload-Digest": "sha256:" + "00" * 32},
        {"WARC-Block-Digest": "md5:" + "00" * 16},
    ],
)
def test_a_digest_that_does_not_fit(tmp_path: Path, declared: dict[str, str]) -> None:
    """It is not what was captured, and no evidence of anything."""
    broken = Answer(body=b"<p>altered</p>", warc=declared)
    assert out_of(tmp_path, per_record(plain(broken), plain(short(1)))) == ([short(1).body], ["bad-digest"])


@pytest.mark.parametrize("declared", ["crc32:00000000", "sha1:", "sha1:!!!", "nonsense", "sha1:" + "A" * 5000])
def test_a_digest_that_cannot_be_checked(tmp_path: Path, declared: str) -> None:
    """It proves nothing, neither way."""
    odd = Answer(body=b"<p>odd</p>", warc={"WARC-Payload-Digest": declared})
    assert out_of(tmp_path, per_record(plain(odd)))[0] == [b"<p>odd</p>"]


def test_a_byte_that_was_changed_in_a_member(tmp_path: Path) -> None:
    """gzip's own check finds it, and the next record is found."""
    made = [gzip.compress(plain(each), mtime=0) for each in THREE]
    spoilt = bytearray(made[1])
    spoilt[-6] ^= 0xFF
    found, said = out_of(tmp_path, made[0] + bytes(spoilt) + made[2])
    assert found == [THREE[0].body, THREE[2].body]
    assert said == ["what is at " + str(len(made[0])) + " is no whole gzip member"]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\x28\xb5\x2f\xfd" + bytes(100), "zstd"),
        (b"\x5d\x2a\x4d\x18" + bytes(100), "zstd"),
        (b"filedesc://x.arc 0.0.0.0 20040101000000 text/plain 76\n1 0 Internet Archive\n", "ARC"),
        (gzip.compress(b"filedesc://x.arc.gz 0.0.0.0 20040101000000 text/plain 76\n", mtime=0), "ARC"),
        (b"", "is empty"),
        (b"<!doctype html><p>Not found</p>", "does not begin like a WARC file"),
        (gzip.compress(b"<!doctype html>", mtime=0), "does not begin like a WARC file"),
        (b"\x1f\x8b\x08garbage", "does not begin like a WARC file"),
    ],
)
def test_what_is_no_warc_is_refused_with_a_sentence(tmp_path: Path, data: bytes, word: str) -> None:
    """And says what to do about it, where there is something."""
    found, said = out_of(tmp_path, data)
    assert found == []
    assert word in said[0]


def test_repeats_that_lead_nowhere(tmp_path: Path) -> None:
    """Of a record that is not there, of themselves, or of a payload that is another."""
    first = plain(Answer(body=b"<p>first</p>", warc={"WARC-Payload-Digest": sha1(b"<p>first</p>")}))
    own = "<urn:uuid:00000000-0000-0000-0000-000000000001>"
    lost = [
        repeat(first, START + HOUR, WARC_Refers_To="<urn:uuid:none>"),
        repeat(first, START + 2 * HOUR, WARC_Refers_To=own, WARC_Record_ID=own),
        repeat(first, START + 3 * HOUR, WARC_Payload_Digest=sha1(b"another")),
    ]
    found, said = out_of(tmp_path, per_record(first, *lost))
    assert (found, said) == ([b"<p>first</p>"], ["unresolved"] * 3)


def test_chunks_and_codings_that_do_not_end(tmp_path: Path) -> None:
    """A body that did not arrive whole is never a page."""
    gz = gzip.compress(b"<p>whole</p>" * 50)
    cut = [
        Answer(wire=b"40\r\n<p>only the beg", headers=(("Transfer-Encoding", "chunked"),)),
        Answer(wire=gz[:-12], headers=(("Content-Encoding", "gzip"),)),
        Answer(wire=b"<p>half</p>", headers=(("Content-Length", "500"),)),
        Answer(wire=b"\x1b\x03\x00", headers=(("Content-Encoding", "br"),)),
        Answer(wire=gz, headers=(("Content-Encoding", "gzip, gzip"),)),
    ]
    dated = [Answer(wire=each.wire, headers=each.headers, at=START + n * HOUR) for n, each in enumerate(cut)]
    found, said = out_of(tmp_path, per_record(*map(plain, dated)))
    assert (found, said) == ([], ["incomplete", "incomplete", "incomplete", "encoding", "encoding"])


# ------------------------------------------------------------------------------------------------ bombs


def bomb(size: int) -> bytes:
    """A gzip member that holds a record of so many bytes of nothing."""
    head = plain(Answer(body=b"<p>", warc={"Content-Length": str(size)})).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    out = BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as file:
        file.write(head + b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))
    return out.getvalue()


def test_giants_and_bombs_take_no_memory(tmp_path: Path, tally: Tally) -> None:
    """A record of a gigabyte, honest or not, packed with others or alone; a page that inflates to one; all under an
    address space that could not hold any of them, and what lies behind them is found."""
    giant = bomb(256 << 20)
    page = gzip.compress(bytes(64 << 20))
    inner = Answer(wire=page, headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip")))
    written(tmp_path, per_record(warcinfo()) + giant + per_record(plain(short(1))), "alone.warc.gz")
    written(tmp_path, giant + per_record(plain(short(1))), "first.warc.gz")
    written(tmp_path, together(plain(inner), plain(short(2))), "inner.warc.gz")
    written(tmp_path, gzip.compress(gzip.decompress(giant) + plain(short(3)), mtime=0), "together.warc.gz")
    code = f"""
        import resource, sys
        from datetime import datetime, UTC
        from pathlib import Path
        from scraper.gather.holdings import Holdings
        from scraper.gather.http import Unfit
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + (160 << 20),) * 2)
        for name in ("alone", "first", "inner", "together"):
            with Holdings(Path({str(tmp_path)!r}), datetime(2026, 1, 1, tzinfo=UTC)) as holdings:
                holdings.add(Path({str(tmp_path)!r}, name + ".warc.gz"), None)
                for found in holdings.shelf.by_date():
                    try:
                        print(name, len(holdings.page(found).body))
                    except Unfit as exc:
                        print(name, exc.reason)
                print(name, *holdings.told.left, len(holdings.told.troubles))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    size = len(short(1).body)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"alone {size}", "alone too-large 0", f"first {size}", "first 1",
        "inner too-large", f"inner {size}", "inner 0", "together 1",
    ]  # fmt: skip
    tally("hostile archives", 4, 4)


# ------------------------------------------------------------------------------------------------ zips


def zipped(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    """A zip of anything."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info, data in entries:
            archive.writestr(info, data)
    return out.getvalue()


def _link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


GOOD = ("archive/good.warc.gz", per_record(plain(short(1))))
ZIPS: dict[str, tuple[bytes, str]] = {
    "slip": (zipped(("../../etc/x.warc", b"x"), GOOD), "leads out of the archive"),
    "slip, backslashes": (zipped(("..\\..\\x.warc", b"x"), GOOD), "leads out of the archive"),
    "absolute": (zipped(("/etc/x.warc.gz", b"x"), GOOD), "leads out of the archive"),
    "drive": (zipped(("C:/x.warc.gz", b"x"), GOOD), "leads out of the archive"),
    "link": (zipped((_link("archive/x.warc.gz"), b"/etc/passwd"), GOOD), "is no plain file"),
    "empty": (zipped(("readme.txt", b"x")), "holds no WARC file"),
    "torn": (wacz([GOOD])[:-30], "is no whole zip file"),
    "good": (zipped(GOOD), ""),
}


@pytest.mark.parametrize("case", ZIPS)
def test_hostile_zips(tmp_path: Path, case: str, tally: Tally) -> None:
    """What leads elsewhere is named and left out; what is good comes."""
    data, word = ZIPS[case]
    listing = members(written(tmp_path, data, "x.wacz"))
    assert any(word in each for each in listing.troubles) or not word
    assert all(each.name == GOOD[0] for each in listing.members)
    assert [each.name for each in tmp_path.iterdir()] == ["x.wacz"]
    tally("hostile archives", 1, 1)


def test_a_million_members_are_not_listed(tmp_path: Path) -> None:
    """The list of them alone would take gigabytes."""
    data = wacz([GOOD])
    end = data.rindex(b"PK\x05\x06")
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, *[0] * 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    many = entry * 400_000
    tail = data[:end] + many + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(many), end, 0)
    (said,) = members(written(tmp_path, tail, "x.wacz")).troubles
    assert said == "is no whole zip file (65535 members)"


def test_only_so_many_warc_files(tmp_path: Path) -> None:
    """And what is left out is named."""
    listing = members(written(tmp_path, zipped(*((f"{n}.warc", b"") for n in range(MOST_MEMBERS + 5))), "x.wacz"))
    assert len(listing.members) == MOST_MEMBERS
    assert listing.troubles == (f"holds over {MOST_MEMBERS} WARC files",)


def test_a_member_that_is_a_bomb(tmp_path: Path) -> None:
    """It is not unpacked further than pages would go."""
    path = written(tmp_path, wacz([("archive/bomb.warc", bytes(50 << 20)), GOOD], stored=False), "x.wacz")
    with Holdings(tmp_path, NOW, SMALL) as holdings:
        holdings.add(path, members(path))
        assert [holdings.page(each).body for each in holdings.shelf.by_date()] == [short(1).body]
        assert "archive/bomb.warc inflates to over" in holdings.told.troubles[0]


# ------------------------------------------------------------------------------------------------ anything


@pytest.mark.parametrize("pack", [per_record, together, unpacked])
def test_bytes_changed_anywhere(tmp_path: Path, pack: Callable[..., bytes], tally: Tally, effort: int) -> None:
    """Bytes are changed, left out, doubled and put in at random: pages come or do not, and what comes is one of those
    that were there, or of a body without a digest; nothing else is raised."""
    chance = random.Random(20241122)
    declared = [
        Answer(body=each.body, at=each.at, warc={"WARC-Block-Digest": sha1(each.block)})
        for each in map(short, range(4))
    ]
    data = pack(warcinfo(), *map(plain, declared), record("request", b"GET / HTTP/1.1\r\n\r\n", START, PIER))
    bodies = {each.body for each in declared}
    strange = 0
    for _ in range(150 * effort):
        spoilt = bytearray(data)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(spoilt))
            match chance.randrange(4):
                case 0:
                    spoilt[at] = chance.randrange(256)
                case 1:
                    del spoilt[at : at + chance.randrange(1, 40)]
                case 2:
                    spoilt[at:at] = spoilt[at : at + chance.randrange(1, 200)]
                case 3:
                    spoilt[at:at] = chance.randbytes(chance.randrange(1, 20))
        found, _ = out_of(tmp_path, bytes(spoilt))
        strange += not set(found) <= bodies
        tally("WARC bytes mutated", 1, 1)
    # The digest's own name may be what was changed: then nothing says that the body is another.
    assert strange <= 15 * effort
