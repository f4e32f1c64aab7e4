"""How far long work is, on the terminal of who waits for it; nowhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def work_shown(what: str, *, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Give what is to be told how much is done, and of how much. Written to standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    quiet = not (shown and console.is_terminal)
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
