"""A quarter's report by two people, from its opening to its second revision, and as the public reads it."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import faults_of
from tests.browser.conftest import opened, sign_in
from tsalert.quarterly.vocabulary import Ground

QUARTER, PROSE = "2023/24 Q2", "July to September 2023"
REPORT = "/board-reports/2023-24Q2"
SECRET, LATE = "A visit with the police is planned.", "A talk at a lunch club was entered late."


def press(page: Page, button: str, says: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(says).first).to_be_visible()


def write_everything(page: Page) -> None:
    """Follow each link of what is still to do, as long as there is one."""
    step = page.locator("tr", has_text="Write the texts")
    while (link := step.get_by_role("link").first).is_visible():
        title = link.inner_text()
        link.click()
        page.get_by_label("Text", exact=True).fill(f"What **{title.lower()}** means.")
        press(page, "Save", "is saved")
    step = page.locator("tr", has_text="Bring the priority actions up to date")
    while (link := step.get_by_role("link").first).is_visible():
        link.click()
        page.get_by_label("In progress", exact=True).check()
        page.get_by_label("What was done").fill("The partners met and agreed what comes next.")
        press(page, "Save", "is saved")
        page.get_by_role("link", name=f"The board's report of {QUARTER}").click()


def sign_and_publish(author: Page, second: Page) -> None:
    for page, role in ((author, "author"), (second, "second person")):
        page.goto(REPORT)
        page.get_by_role("link", name=f"Sign as {role}").click()
        press(page, f"Sign as {role}", f"Signed: {role}")
    second.get_by_role("link", name="Publish the report").click()
    press(second, "Publish the report", "The report is published.")


def enter_a_talk(page: Page) -> None:
    page.goto("/activities/new?kind=talk")
    page.get_by_label("Title").fill("Talk at a lunch club")
    page.get_by_label("Date", exact=True).fill("2023-08-10")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("People present").fill("31")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Talk at a lunch club")).to_be_visible()


def test_a_quarter_goes_from_opened_to_published_and_revised_by_two_people(chromium: Browser, site: str) -> None:
    with (
        opened(chromium, site) as author,
        opened(chromium, site) as second,
        opened(chromium, site, width=320) as public,
    ):
        sign_in(author)
        sign_in(second, "manager@example.org")
        author.goto("/board-reports")
        author.locator("#quarter").select_option(QUARTER)
        press(author, "Open the report", "How far it is")
        write_everything(author)
        author.locator("a[href$='/texts/headlines-board']").click()
        author.get_by_label("Text", exact=True).fill(SECRET)
        press(author, "Save", "is saved")
        author.get_by_role("link", name="Lock the figures").click()
        press(author, "Lock the figures", "The figures are locked")
        expect(author.get_by_text("Not everything is written yet")).to_have_count(0)
        sign_and_publish(author, second)

        public.goto("/published")
        public.get_by_role("link", name=PROSE).click()
        expect(public.get_by_text("What headlines means.")).to_be_visible()
        assert SECRET not in public.content()
        assert "Robin" not in public.locator("main").inner_text()

        enter_a_talk(author)
        author.goto(REPORT)
        author.get_by_label(Ground.LATE.label).check()
        author.get_by_label("Why it is revised, for the board").fill(LATE)
        press(author, "Open the next revision", "The next revision is open")
        press(author, "Lock the figures", "The figures are locked")
        sign_and_publish(author, second)

        public.reload()
        expect(public.get_by_text(f"as revision 2: {Ground.LATE.label}")).to_be_visible()
        assert LATE not in public.content()
        restated = public.locator("table", has_text="Figures restated since revision 1")
        expect(restated.get_by_role("row", name="Talk").first).to_be_visible()
        assert faults_of(public) + faults_of(second) == []
        public.get_by_role("link", name="Revision 1", exact=True).click()
        expect(public.get_by_text("This revision is superseded")).to_be_visible()
