"""What Lan does at her phone: signs in, writes a note, sends it."""

from playwright.sync_api import Page


def sign_in(page: Page, then: str = "/newsroom/notes") -> None:
    page.goto(f"/sign-in?next={then}")
    page.fill("[name=login]", "lan")
    page.fill("[name=password]", "right")
    page.click("main button[type=submit]")
    page.wait_for_url(f"**{then}")


def fill_in(page: Page, title: str = "Lũ về") -> None:
    page.fill("[name=title]", title)
    page.click(".jodit-wysiwyg")
    page.keyboard.type("Nước lên nhanh.")
    page.check("[name=section][value=news]")
    page.fill("[name=day]", "2025-11-20")


def save(page: Page) -> None:
    page.get_by_role("button", name="Lưu").click()
