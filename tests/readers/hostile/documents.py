"""VOTable, ECSV and HDF5 files that lead elsewhere, nest or explode."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from tests.readers.hostile.cases import declined
from tests.readers.hostile.ingredients import FLUX, ecsv, image, votable

DOCUMENT_TYPE = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
LAUGHS = "".join(
    f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9)
)  # fmt: skip

for what, document, codes in (
    ("external entity", votable("&e;", before=DOCUMENT_TYPE), ("unsupported",)),
    (
        "billion laughs",
        votable("&j;", before=f"<!DOCTYPE x [<!ENTITY a 'ha'>{LAUGHS}]>"),
        ("unsupported",),
    ),
    ("stream of a file", votable("<FITS><STREAM href='file:///{}'/></FITS>"), ("unsupported",)),
    (
        "stream of the network",
        votable("<BINARY><STREAM \n href\n= 'http://127.0.0.1:9/x'/></BINARY>"),
        ("unsupported",),
    ),
    (
        "stream behind a quoted >",
        votable("<BINARY><STREAM encoding='>' href='http://127.0.0.1:9/x'/></BINARY>"),
        ("unsupported",),
    ),
    (
        "stream with a prefix",
        votable("<v:BINARY><v:STREAM href='http://127.0.0.1:9/x'/></v:BINARY>"),
        ("unsupported",),
    ),
    (
        "unusual encoding",
        votable("<FITS><STREAM href='file:///x'/></FITS>", encoding=" encoding='utf-7'"),
        ("unsupported",),
    ),
    (
        "numbers beyond its data",
        votable("<BINARY><STREAM encoding='base64'>AAAA</STREAM></BINARY>"),
        ("damaged", "not_a_spectrum"),
    ),
    ("rows beyond all", votable(table=" nrows='100000000000'"), ("too_large", "damaged")),
    ("cells beyond all", votable(field=" arraysize='99999999999x999'"), ("damaged", "too_large")),
    (
        "elements below elements",
        f"<VOTABLE>{'<RESOURCE>' * 100_000}{'</RESOURCE>' * 100_000}</VOTABLE>",
        ("damaged",),
    ),
    (
        "twenty thousand columns",
        "<VOTABLE><RESOURCE><TABLE>"
        + "<FIELD name='a' datatype='double'/>" * 20_000
        + "<DATA><TABLEDATA></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>",
        ("too_large",),
    ),
    (
        "a million rows",
        votable(f"<TABLEDATA>{'<TR><TD>1</TD><TD>1</TD></TR>' * 1_000_000}</TABLEDATA>"),
        ("too_large",),
    ),
    ("broken off", votable()[:2000], ("damaged",)),
):

    @declined(*codes, name=f"VOTable: {what}")
    def _bad_votable(path: Path, document: str = document) -> None:
        secret = path.with_name("secret.fits")
        secret.write_bytes(image() + FLUX)
        path.write_text(document.replace("{}", str(secret)))


for what, codec in (
    ("UTF-16", "utf-16"),
    ("UTF-16 without a mark", "utf-16-le"),
    ("EBCDIC", "cp037"),
):

    @declined("not_a_spectrum", "unknown_format", "unsupported", name=f"VOTable in {what}")
    def _other_encoding(path: Path, codec: str = codec) -> None:
        path.write_bytes(votable("<FITS><STREAM href='file:///x'/></FITS>").encode(codec))


for what, meta in (
    (
        "aliases of aliases",
        "\n#   a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "\n".join(
            f"#   {chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]"
            for i in range(12)
        ),
    ),
    ("a list that holds itself", " &a [*a]"),
    ("lists in lists", " " + "[" * 60_000 + "]" * 60_000),
    ("a number without end", " {a: " + "9" * 100_000 + "}"),
    ("a header without end", "\n" + "\n".join(f"#   k{i}: {i}" for i in range(18_000))),
):

    @declined("damaged", name=f"ECSV: {what}")
    def _bad_ecsv(path: Path, meta: str = meta) -> None:
        path.write_text(ecsv(meta))


@declined("too_large")
def ecsv_of_two_million_rows(path: Path) -> None:
    path.write_text(ecsv("") + "".join(f"{5000 + i / 1000:.3f} 1\n" for i in range(2_000_000)))


@declined("not_a_spectrum", "damaged")
def hdf5_that_leads_to_other_files(path: Path) -> None:
    secret = path.with_name("secret.h5")
    with h5py.File(secret, "w") as file:
        file["wave"], file["flux"] = 4000.0 + np.arange(100), 1.0 + np.arange(100)
    layout = h5py.VirtualLayout((100,), "f8")
    layout[:] = h5py.VirtualSource(str(secret), "flux", (100,))
    with h5py.File(path, "w") as file:
        file["wave"] = h5py.ExternalLink(str(secret), "wave")
        file["flux"] = h5py.ExternalLink(str(secret), "flux")
        file["wavelength"] = 4000.0 + np.arange(100)
        file.create_virtual_dataset("fluxes", layout)
        file.create_dataset("spec", (100,), "f8", external=[(str(secret), 0, 800)])


@declined("not_a_spectrum", "too_large")
def hdf5_of_ten_billion_points(path: Path) -> None:
    with h5py.File(path, "w") as file:
        for name in ("wave", "flux"):
            file.create_dataset(name, (10**10,), "f8", chunks=(1 << 16,), compression="gzip")
