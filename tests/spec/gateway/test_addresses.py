import pytest

from gateway import addresses


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/vi/", "vi/index.html"),
        ("/vi/tin-tuc/", "vi/tin-tuc/index.html"),
        ("/vi/tin-tuc/con-duong-moi", "vi/tin-tuc/con-duong-moi.html"),
        ("/vi/tin-tuc/page/3", "vi/tin-tuc/page/3.html"),
        ("/feeds/tin-tuc.vi.atom", "feeds/tin-tuc.vi.atom"),
        ("/sitemap.xml", "sitemap.xml"),
    ],
)
def test_each_address_is_answered_by_one_file(address: str, file: str) -> None:
    assert addresses.baked_file(address) == file


def test_an_attachment_keeps_its_vietnamese_name() -> None:
    assert (
        addresses.download("a" * 64, "Quyết định.pdf")
        == f"/files/{'a' * 64}/download/Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh.pdf"
    )


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b\\c\x00.pdf", "..", "", " . "])
def test_no_name_of_an_attachment_leads_out_of_its_folder(name: str) -> None:
    clean = addresses.file_name(name)

    assert clean
    assert not clean.startswith(".")
    assert not set(clean) & set("/\\\x00")


def test_a_name_that_is_too_long_for_a_disk_is_cut_before_its_ending() -> None:
    name = addresses.file_name("Ứ" * 300 + ".pdf")

    assert len(name.encode()) <= 200
    assert name.endswith("Ứ.pdf")


@pytest.mark.parametrize("text", ["index", "page", "a b", "A", "../a", "", "a--b", "-a"])
def test_what_cannot_stand_in_an_address_is_no_slug(text: str) -> None:
    assert not addresses.is_slug(text)


def test_an_ordinary_slug_is_one() -> None:
    assert addresses.is_slug("khoi-cong-2026-1a2b3c4d")
