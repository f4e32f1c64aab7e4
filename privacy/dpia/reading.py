"""Reading answers out of a form: each that is asked for must be there, and of its kind."""

from typing import Final

from privacy.dpia.form import Form, Row, Unread

_LONGEST_NAME: Final = 200
_MISSING: Final = "dit antwoord ontbreekt"


class Reading:
    """Reads one form, and keeps what was wrong with it; an answer at fault reads as empty."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self.single: Final = Row("answers", form.single)
        self.faults: list[str] = []

    def rows(self, task: str) -> tuple[Row, ...]:
        """The repetitions of a task; at least one must be there."""
        numbered = [key for key in self._tasks() if key.startswith(f"{task}[")]
        if numbered:
            self.faults.append(
                f"answers.{numbered[0]}: met een volgnummer is deze vraag niet te lezen;"
                f" verwacht wordt één lijst onder {task}"
            )
        found = self.rows_if_any(task)
        if not found:
            self.faults.append(f"answers.{task}: {_MISSING}")
        return found

    def rows_if_any(self, task: str) -> tuple[Row, ...]:
        """The repetitions of a task that need not be there, without those that nobody filled in."""
        return tuple(row for row in self._form.repeated.get(task, ()) if row.values)

    def text(self, row: Row, task: str) -> str:
        """Free text."""
        before = len(self.faults)
        text = self.text_if_any(row, task)
        if not text.strip() and len(self.faults) == before:
            self.fault(row, task, _MISSING)
        return text

    def text_if_any(self, row: Row, task: str) -> str:
        """Free text that need not be there."""
        value = row.values.get(task)
        if isinstance(value, tuple):
            self.fault(row, task, "dit antwoord is een lijst, geen tekst")
            return ""
        if isinstance(value, Unread):
            self.fault(row, task, value.rule)
            return ""
        return value or ""

    def name(self, row: Row, task: str) -> str:
        """One line: the name of a datum, a processing or a party."""
        name = self.text(row, task)
        self._check_name(row, task, name)
        return name

    def names(self, row: Row, task: str) -> tuple[str, ...]:
        """A list of names, which may be empty: none was ticked."""
        value = row.values.get(task)
        if isinstance(value, tuple):
            for each in value:
                self._check_name(row, task, each)
            return value
        rule = _MISSING
        if isinstance(value, str):
            rule = "dit antwoord is een tekst, geen lijst"
        elif isinstance(value, Unread):
            rule = value.rule
        self.fault(row, task, rule)
        return ()

    def name_or_names(self, row: Row, task: str) -> tuple[str, ...]:
        """One name or a list of them: the form changed between the two."""
        if isinstance(row.values.get(task), tuple):
            return self.names(row, task)
        return (self.name(row, task),)

    def yes(self, task: str) -> bool:
        """The answer to a question that is answered with yes or no."""
        word = self.text(self.single, task)
        if word not in ("true", "false", ""):
            self.fault(self.single, task, "dit antwoord is geen ja of nee")
        return word == "true"

    def yes_if_it_applies(self, task: str) -> bool:
        """As `yes`; the form writes "does not apply" as an answer without a value."""
        asked = self.single.values.get(task, "")
        return asked is not None and self.yes(task)

    def fault(self, row: Row, task: str, rule: str) -> None:
        """Name a rule that an answer breaks."""
        self.faults.append(f"{row.place}.{task}: {rule}")

    def _check_name(self, row: Row, task: str, name: str) -> None:
        if len(name) > _LONGEST_NAME or not name.isprintable():
            self.fault(row, task, f"een naam is hoogstens {_LONGEST_NAME} tekens op één regel")

    def _tasks(self) -> tuple[str, ...]:
        return (*self._form.repeated, *self._form.single)
