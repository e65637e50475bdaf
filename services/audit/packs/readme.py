"""README.txt of a pack: what it is and how to check it, in Vietnamese and English."""

from collections.abc import Mapping

_TEXT = """GÓI KIỂM TOÁN - MINH BẠCH
=========================

Gói này gồm {events} sự kiện lấy từ nhật ký kiểm toán của Cổng Thông tin điện tử, kèm chứng minh rằng từng sự kiện nằm
trong nhật ký đã được ký số, không bị sửa, không bị chèn.

  Mục đích:   {purpose}
  Lập lúc:    {made_at}
  Nhật ký:    {origin}, {size} mục

Cách kiểm tra (chỉ cần Python 3.8 trở lên, không cần mạng, không cần tin chúng tôi):

  1. Giải nén gói vào một thư mục.
  2. Mở cửa sổ lệnh trong thư mục đó và chạy:   python3 verify_minhbach.py .
  3. Mã thoát 0: mọi điều đã kiểm tra đều đúng. Mã thoát 1: có điều không đúng, chương trình nêu rõ điều nào.
  4. So khóa trong keys.txt với khóa mà Cổng công bố; ai sửa cả gói lẫn khóa thì chỉ cách này phát hiện được.

Trong gói có:
  pack.json         gói là gì, lập cho việc gì, theo tiêu chí nào
  events.jsonl      mỗi dòng một sự kiện: vị trí, lá của cây băm, đường dẫn tới gốc, dữ liệu đúng từng byte
  checkpoint.txt    gốc của cây, có chữ ký số
  keys.txt          khóa công khai
{people_vi}
Dữ liệu cá nhân: sự kiện không chứa tên người, chỉ có mã tài khoản và giá trị băm. Nếu mục đích không cho phép nêu
tên, thì dữ liệu có chữ do người gõ (lý do, tiêu đề...) cũng được giữ lại ("state": null); giá trị băm của dữ liệu đó vẫn
nằm trong lá nên vẫn chứng minh được. Gói có tên người phải được hủy khi dùng xong.


AUDIT PACK - MINH BACH
======================

This pack holds {events} events taken from the audit log of the portal, with proofs that each of them stands in the
signed log, unaltered.

  Purpose:    {purpose}
  Made at:    {made_at}
  Log:        {origin}, {size} entries

How to check it (Python 3.8 or later is enough; no network, no trust in us):

  1. Unpack it into a folder.
  2. Open a terminal in that folder and run:   python3 verify_minhbach.py .
  3. Exit code 0: everything that was checked is genuine. Exit code 1: something is not, and it is named.
  4. Compare the key in keys.txt with the one that the portal publishes: whoever changed both the pack and the key is
     found out only that way.

What is in it:
  pack.json         what it is, for what it was made, by which criteria
  events.jsonl      one event a line: its place, the leaf of the hash tree, the path to the root, its data byte for byte
  checkpoint.txt    the root of the tree, signed
  keys.txt          the public key
{people_en}
Personal data: events hold no names, only ids of accounts and hashes. Where the purpose does not allow names, data with
words that somebody typed (a reason, a title) stay inside, too ("state": null); their hash is in the leaf, so that they
are proved all the same. A pack with names must be destroyed when it has served its purpose.
"""
_PEOPLE_VI = "  people.jsonl      tên người kèm muối, để đối chiếu với giá trị băm trong sự kiện\n"
_PEOPLE_EN = "  people.jsonl      names with their salts, to be compared with the hashes in the events\n"


def readme(facts: Mapping[str, str | int], *, named: bool) -> bytes:
    """Return the text; `facts` are events, purpose, made_at, origin and size."""
    people = {"people_vi": _PEOPLE_VI, "people_en": _PEOPLE_EN} if named else {"people_vi": "", "people_en": ""}
    return _TEXT.format(**facts, **people).encode()
