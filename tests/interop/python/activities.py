"""The activities of the programs. Each does in an instant what a real one would do over a network."""

import asyncio
from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError


@dataclass
class Order:
    """What a customer ordered; `broken_step` names the step that cannot be done."""

    customer: str
    steps: list[str]
    broken_step: str = ""


@dataclass
class StepInput:
    order: Order
    step: str


@activity.defn
async def perform_step(task: StepInput) -> str:
    if task.step == task.order.broken_step:
        raise ApplicationError(f"{task.step} is sold out", type="SoldOut", non_retryable=True)
    return f"{task.step} for {task.order.customer}"


@activity.defn
async def undo_step(task: StepInput) -> str:
    return f"undo {task.step} for {task.order.customer}"


@activity.defn
async def run_research_step(query: str, step: int) -> str:
    activity.heartbeat(f"running step {step}")
    return f"step {step} of {query}" + (" [DONE]" if step == 2 else "")


@activity.defn(name="call_model")
async def call_model_with_retries(prompt: str, succeeds_at: int) -> str:
    attempt = activity.info().attempt
    if attempt < succeeds_at:
        raise ApplicationError(f"rate limited on attempt {attempt}", type="RateLimited")
    return f"answer to {prompt} on attempt {attempt}"


@activity.defn
async def reject_input(value: str) -> str:
    raise ValueError(f"{value} is not a number")


@activity.defn
async def process_file(lines: int) -> dict[str, int]:
    """Breaks off half way in its first attempt; the next attempt resumes from the last heartbeat."""
    info = activity.info()
    resumed_at = int(info.heartbeat_details[0]) if info.heartbeat_details else 0
    for line in range(resumed_at + 1, lines + 1):
        activity.heartbeat(line)
        if info.attempt == 1 and line == lines // 2:
            raise RuntimeError("the disk was unplugged")
    return {"attempt": info.attempt, "resumed_at": resumed_at}


@activity.defn
async def work_until_cancelled() -> str:
    """Sends heartbeats until it is cancelled, then reports what it cleaned up."""
    try:
        while True:
            activity.heartbeat()
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        return "stopped cleanly"


@activity.defn
def add_in_a_thread(left: int, right: int) -> int:
    """A synchronous activity: the worker runs it in a thread pool."""
    return left + right


@activity.defn
async def ask_a_person(question: str) -> str:
    """Completed from outside, by workflow and activity id."""
    activity.raise_complete_async()


ALL = [
    perform_step,
    undo_step,
    run_research_step,
    call_model_with_retries,
    reject_input,
    process_file,
    work_until_cancelled,
    add_in_a_thread,
    ask_a_person,
]
