"""Write the sample log: one week of a small support bot, as Weave exports it.

    python sample_data/make_sample_data.py [FOLDER]

writes `calls.jsonl`, `calls.parquet` and two request bodies into FOLDER (default: the folder of
this script), the same bytes every time.

The script plays the application: `answer_customer` and `search_docs` below are the agent's code,
`Tracer` does the bookkeeping that Weave's client does around it, and random numbers stand in for
customers and models. Everything random comes from one seeded generator and plain arithmetic (no
logarithms, no system time), so that no platform rounds differently. Texts are stubs: token counts
are drawn, not counted.

What is in the week:

- The working hours of New York, whose clocks go forward on Sunday 2026-03-08 at 07:00Z.
- Thursday 2026-03-05, 18:30Z to 21:30Z: claude-sonnet-4-5 is slow and often overloaded, during
  the busiest hours of the week. Some answers fall back to gpt-4.1, some fail.
- Friday 2026-03-06, 15:00Z: version 4 of the answer prompt goes live. It asks for short answers.
- Two evaluation runs at night (`wb_run_id`), one for each version of that prompt.
- One crash that leaves calls without an end, calls still running when the log was exported, and
  one deleted call.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SEED = 1362

WEEK_START = datetime(2026, 3, 2, tzinfo=UTC)
WEEK_END = datetime(2026, 3, 9, tzinfo=UTC)
NEW_YORK_CLOCKS_CHANGE = datetime(2026, 3, 8, 7, tzinfo=UTC)

RUSH_START = datetime(2026, 3, 5, 17, tzinfo=UTC)
RUSH_END = datetime(2026, 3, 5, 23, tzinfo=UTC)
SLOW_START = datetime(2026, 3, 5, 18, 30, tzinfo=UTC)
SLOW_END = datetime(2026, 3, 5, 21, 30, tzinfo=UTC)
PROMPT_V4_START = datetime(2026, 3, 6, 15, tzinfo=UTC)
CRASH_AT = datetime(2026, 3, 4, 16, 42, 10, tzinfo=UTC)
NOTEBOOK_AT = datetime(2026, 3, 3, 15, 7, 31, tzinfo=UTC)

SUPPORT_BOT = "acme/support-bot"
DOCS_SEARCH = "acme/docs-search"

EVALUATIONS = [
    ("acme/support-bot/k3v9x2qa", "v3", datetime(2026, 3, 3, 7, 0, 12, tzinfo=UTC)),
    ("acme/support-bot/p8t41mzd", "v4", datetime(2026, 3, 6, 7, 0, 9, tzinfo=UTC)),
]

ROWS_PER_ROW_GROUP = 200

Json = dict[str, Any]


# --- The people and what they ask ----------------------------------------------------------------


def user_id(number: int) -> str:
    return base64.b64encode(f"User:{number}".encode()).decode()


AMAL, BEA, CHEN, DAVE, ROBOT = (user_id(number) for number in (41207, 41352, 58811, 60094, 73120))

# (question, topic, page of the help centre)
QUESTIONS = [
    ("Where is my invoice for February?", "billing", "invoices"),
    ("How do I add a seat to our plan?", "billing", "seats"),
    ("I was charged twice this month.", "billing", "refunds"),
    ("¿Cómo cambio la tarjeta de pago?", "billing", "payment-methods"),
    ("The export stops at 10,000 rows.", "technical", "export-limits"),
    ("Login with SSO loops back to the start page.", "technical", "single-sign-on"),
    ("Webhooks arrive twice, why?", "technical", "webhooks"),
    ("API returns 403 since this morning.", "technical", "api-keys"),
    ("Can I move a project to another team?", "account", "move-projects"),
    ("Please delete my account.", "account", "delete-account"),
    ("Wie ändere ich meine E-Mail-Adresse?", "account", "email-address"),
    ("Do you support dark mode on mobile?", "product", "mobile-app"),
]
FOLLOW_UPS = [
    "And how long does that take?",
    "That did not work, what else?",
    "Can you show me where?",
    "Does that cost extra?",
    "I see an error: code 17.",
]
SEARCHES = [
    "rotate api key",
    "webhook retry policy",
    "export csv limit",
    "sso okta setup",
    "audit log retention",
    "delete workspace",
    "rate limits",
    "invite guests",
]
EVALUATION_QUESTIONS = QUESTIONS[:8]


# --- The models ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tokens:
    """What one request used. `prompt` is all input, cached or not."""

    prompt: int
    output: int
    cache_read: int = 0
    cache_write: int | None = 0
    thoughts: int = 0


def openai_usage(tokens: Tokens) -> Json:
    """OpenAI: cached tokens are part of the prompt; Weave copies their number up."""
    return {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.output,
        "requests": 1,
        "total_tokens": tokens.prompt + tokens.output,
        "cache_read_input_tokens": tokens.cache_read,
        "prompt_tokens_details": {"cached_tokens": tokens.cache_read, "audio_tokens": 0},
    }


def anthropic_usage(tokens: Tokens) -> Json:
    """Anthropic: `input_tokens` leaves out what was read from or written to the cache."""
    return {
        "input_tokens": tokens.prompt - tokens.cache_read - (tokens.cache_write or 0),
        "output_tokens": tokens.output,
        "requests": 1,
        "cache_creation_input_tokens": tokens.cache_write,
        "cache_read_input_tokens": tokens.cache_read,
        "service_tier": "standard",
    }


def google_usage(tokens: Tokens) -> Json:
    """Google: the total includes the thoughts, the completion does not; no cache, no key."""
    usage = {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.output,
        "requests": 1,
        "total_tokens": tokens.prompt + tokens.output + tokens.thoughts,
    }
    if tokens.cache_read:
        usage["cache_read_input_tokens"] = tokens.cache_read
    return usage | {"thoughts_tokens": tokens.thoughts}


def openai_output(model: str, text: str) -> Json:
    message = {"role": "assistant", "content": text}
    return {"model": model, "choices": [{"message": message, "finish_reason": "stop"}]}


def anthropic_output(model: str, text: str) -> Json:
    return {
        "model": model,
        "role": "assistant",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
    }


def google_output(model: str, text: str) -> Json:
    content = {"role": "model", "parts": [{"text": text}]}
    return {"model_version": model, "candidates": [{"content": content}]}


@dataclass(frozen=True)
class Model:
    name: str  # as the response names it, which is where Weave takes it from
    requested: str  # as the application asks for it
    op: str  # the op that Weave's integration logs
    usage: Callable[[Tokens], Json]
    output: Callable[[str, str], Json]
    latency_ms: float  # until the first token
    latency_ms_per_token: float
    failure: tuple[str, str]  # exception type and message when the provider is overloaded
    usage_when_failed: Json | None = None


OPENAI_FAILURE = (
    "RateLimitError",
    "Error code: 429 - {'error': {'message': 'Rate limit reached', 'type': 'tokens'}}",
)
GPT_4O_MINI = Model(
    name="gpt-4o-mini-2024-07-18",
    requested="gpt-4o-mini",
    op="openai.chat.completions.create",
    usage=openai_usage,
    output=openai_output,
    latency_ms=320,
    latency_ms_per_token=11,
    failure=OPENAI_FAILURE,
)
GPT_4_1 = Model(
    name="gpt-4.1-2025-04-14",
    requested="gpt-4.1",
    op="openai.chat.completions.create",
    usage=openai_usage,
    output=openai_output,
    latency_ms=600,
    latency_ms_per_token=12,
    failure=OPENAI_FAILURE,
)
CLAUDE_SONNET = Model(
    name="claude-sonnet-4-5-20250929",
    requested="claude-sonnet-4-5",
    op="anthropic.Messages.create",
    usage=anthropic_usage,
    output=anthropic_output,
    latency_ms=900,
    latency_ms_per_token=14,
    failure=(
        "OverloadedError",
        "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error'}}",
    ),
)
GEMINI_FLASH = Model(
    name="gemini-2.5-flash",
    requested="gemini-2.5-flash",
    op="google.genai.models.Models.generate_content",
    usage=google_usage,
    output=google_output,
    latency_ms=450,
    latency_ms_per_token=4,
    failure=("ServerError", "503 UNAVAILABLE. The model is overloaded."),
    # Weave's Google integration counts the request before it looks for an answer.
    usage_when_failed={"requests": 1},
)

# Where each op's code is, for tracebacks: file, line, function, text of the line.
FRAMES = {
    "support_agent": ("/srv/support_bot/agent.py", 61, "support_agent", "reply = answer(...)"),
    "retrieve": ("/srv/support_bot/steps.py", 22, "retrieve", "hits = index.query(vector, k=4)"),
    "classify": ("/srv/support_bot/steps.py", 35, "classify", "reply = openai_client.create(...)"),
    "plan": ("/srv/support_bot/steps.py", 52, "plan", "reply = gemini.generate_content(...)"),
    "answer": ("/srv/support_bot/steps.py", 78, "answer", "reply = claude.messages.create(...)"),
    "search_docs": ("/srv/docs_search/search.py", 40, "search_docs", "pages = rerank(found)"),
    "rerank": ("/srv/docs_search/search.py", 71, "rerank", "reply = gemini.generate_content(...)"),
    "openai.chat.completions.create": ("openai/_base_client.py", 1047, "request", "raise error"),
    "anthropic.Messages.create": ("anthropic/_base_client.py", 1102, "request", "raise error"),
    "google.genai.models.Models.generate_content": (
        "google/genai/errors.py",
        141,
        "raise_error",
        "raise ServerError(status_code, response_json, response)",
    ),
}


# --- Calls, as Weave's client records them --------------------------------------------------------


class AppError(Exception):
    """An error of the simulated application; its traceback grows as it passes the ops."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.traceback: list[Json] = []

    def pass_through(self, op: str) -> str:
        """The exception text that Weave writes for a call of `op`."""
        filename, line_number, function_name, text = FRAMES[op]
        frame = {
            "filename": filename,
            "line_number": line_number,
            "function_name": function_name,
            "text": text,
        }
        self.traceback.insert(0, frame)
        error = {"type": self.kind, "message": self.message, "traceback": self.traceback}
        return json.dumps(error)


class LogEndError(Exception):
    """The process died, or the log was exported, before the open calls ended."""


@dataclass(frozen=True)
class Session:
    """What all calls of one trace share."""

    project_id: str
    wb_user_id: str
    environment: str = "production"
    thread_id: str | None = None
    wb_run_id: str | None = None
    wb_run_step: int | None = None


@dataclass
class Call:
    id: str
    op: str
    op_version: str
    session: Session
    trace_id: str
    parent: "Call | None"
    turn_id: str | None
    started_at: datetime
    inputs: Json
    is_llm: bool
    ended_at: datetime | None = None
    exception: str | None = None
    output: Any = None
    summary: Json = field(default_factory=dict)
    children: list["Call"] = field(default_factory=list)
    deleted_at: datetime | None = None


def sum_leaves(summaries: Iterable[Json]) -> Json:
    """Sum dicts leaf by leaf: numbers add up, texts become lists, nulls vanish."""
    nested: dict[str, list[Json]] = {}
    leaves: dict[str, list[Any]] = {}
    for summary in summaries:
        for key, value in summary.items():
            if isinstance(value, dict):
                nested.setdefault(key, []).append(value)
            elif isinstance(value, list):
                leaves.setdefault(key, []).extend(value)
            elif value is not None:
                leaves.setdefault(key, []).append(value)
    result: Json = {}
    for key, values in leaves.items():
        result[key] = sum(values) if all(isinstance(v, int) for v in values) else values
    for key, dicts in nested.items():
        result[key] = sum_leaves(dicts)
    return result


class Tracer:
    """The clock of the simulation and the calls recorded so far."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.now = WEEK_START
        self.log_ends = WEEK_END
        self.calls: list[Call] = []
        self._open: list[Call] = []

    def wait(self, milliseconds: float) -> None:
        self.now += timedelta(microseconds=int(milliseconds * 1000))

    def uuid7(self) -> str:
        """A UUID of version 7: 48 bits of time, the rest random."""
        milliseconds = (self.now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        bits = milliseconds << 80 | self.rng.getrandbits(80)
        bits = bits & ~(0xF << 76) | 0x7 << 76
        bits = bits & ~(0x3 << 62) | 0x2 << 62
        text = f"{bits:032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    @contextmanager
    def call(
        self, op: str, session: Session, inputs: Json, *, version: str = "v1", is_llm: bool = False
    ) -> Iterator[Call]:
        """Record one call around the code in the `with` block, below the call that is open."""
        self.wait(1 + 8 * self.rng.random())
        if self.now >= self.log_ends:
            raise LogEndError
        parent = self._open[-1] if self._open else None
        call_id = self.uuid7()
        call = Call(
            id=call_id,
            op=op,
            op_version=version,
            session=session,
            trace_id=parent.trace_id if parent else self.uuid7(),
            parent=parent,
            turn_id=None if session.thread_id is None else parent.turn_id if parent else call_id,
            started_at=self.now,
            inputs=inputs,
            is_llm=is_llm,
        )
        self.calls.append(call)
        if parent:
            parent.children.append(call)
        self._open.append(call)
        try:
            yield call
            self._finish(call, error=None)
        except AppError as error:
            self._finish(call, error=error)
            raise
        finally:
            self._open.pop()

    def _finish(self, call: Call, error: AppError | None) -> None:
        """Roll the usage and the status counts of the children up, as Weave's client does."""
        self.wait(0.2 + 2 * self.rng.random())
        if self.now >= self.log_ends:
            raise LogEndError
        call.ended_at = self.now
        rolled_up = sum_leaves(child.summary for child in call.children)
        status_counts = rolled_up.get("status_counts", {"success": 0, "error": 0})
        status_counts["error" if error else "success"] += 1
        usage = rolled_up.get("usage") or call.summary.get("usage")
        call.summary = {"usage": usage} if usage else {}
        call.summary["status_counts"] = status_counts
        if error:
            call.exception = error.pass_through(call.op)
            call.output = None


# --- Random numbers of the shapes that occur in logs ----------------------------------------------


def skewed(rng: Random, median: float, spread: float) -> float:
    """From `median / (1 + spread)` to `median * (1 + spread)`, above as often as below.

    The quotient of two like draws has the median 1 and, as latencies do, the longer way up.
    """
    return median * (1 + spread * rng.random()) / (1 + spread * rng.random())


def often(rng: Random, probability: float) -> bool:
    return rng.random() < probability


# --- The application ------------------------------------------------------------------------------


def ask_model(
    tracer: Tracer, session: Session, model: Model, text: str, tokens: Tokens, reply: str
) -> str:
    """One LLM call. Raises AppError when the provider is overloaded."""
    rng = tracer.rng
    slow = model is CLAUDE_SONNET and SLOW_START <= tracer.now < SLOW_END
    latency = model.latency_ms + model.latency_ms_per_token * (tokens.output + tokens.thoughts)
    latency = skewed(rng, latency, spread=1.2)
    if slow:
        latency *= 3.5 + 3 * rng.random()
    elif often(rng, 0.03):
        latency *= 2.5 + 2.5 * rng.random()

    messages = [{"role": "user", "content": text}]
    inputs: Json = {"model": model.requested, "messages": messages}
    if model is GEMINI_FLASH:
        inputs = {"model": model.requested, "contents": text}
    with tracer.call(model.op, session, inputs, is_llm=True) as call:
        if often(rng, 0.4 if slow else 0.012):
            tracer.wait(skewed(rng, 26_000 if slow else 2_400, spread=1))
            if model.usage_when_failed:
                call.summary["usage"] = {model.name: model.usage_when_failed}
            raise AppError(*model.failure)
        tracer.wait(latency)
        call.output = model.output(model.name, reply)
        call.summary["usage"] = {model.name: model.usage(tokens)}
    return reply


@dataclass(frozen=True)
class Turn:
    """One question of a customer and what the bot needs to know to answer it."""

    question: str
    topic: str
    page: str
    number: int  # in its conversation, from 0
    cache_is_warm: bool
    answered_by: Model
    prompt_version: str
    small_talk: bool = False


def classify(tracer: Tracer, session: Session, turn: Turn) -> None:
    with tracer.call("classify", session, {"question": turn.question}) as step:
        tokens = Tokens(prompt=int(skewed(tracer.rng, 480, 0.3)), output=tracer.rng.randint(6, 18))
        step.output = ask_model(tracer, session, GPT_4O_MINI, turn.question, tokens, turn.topic)


def retrieve(tracer: Tracer, session: Session, turn: Turn) -> None:
    with tracer.call("retrieve", session, {"query": turn.question, "k": 4}) as step:
        if often(tracer.rng, 0.008):
            tracer.wait(10_000)
            raise AppError("ReadTimeout", "index.query timed out after 10 s")
        tracer.wait(skewed(tracer.rng, 85, spread=2))
        step.output = [f"weave:///acme/support-bot/object/HelpPages:v12/attr/rows/id/{turn.page}"]


def plan(tracer: Tracer, session: Session, turn: Turn) -> None:
    rng = tracer.rng
    with tracer.call("plan", session, {"question": turn.question, "topic": turn.topic}) as step:
        prompt = int(skewed(rng, 1500, 0.6)) + 350 * turn.number
        tokens = Tokens(
            prompt=prompt,
            output=rng.randint(40, 130),
            cache_read=prompt * 2 // 3 if often(rng, 0.3) else 0,
            thoughts=int(skewed(rng, 280, 1.5)),
        )
        reply = f"look up {turn.page}, then answer"
        step.output = ask_model(tracer, session, GEMINI_FLASH, turn.question, tokens, reply)


def answer_tokens(rng: Random, turn: Turn, model: Model) -> Tokens:
    """Version 4 of the prompt is shorter, and so are the answers to it."""
    instructions, length = (2900, 340) if turn.prompt_version == "v3" else (2350, 230)
    history = turn.number * (200 + length)
    question = int(skewed(rng, 620, 0.8))
    output = int(skewed(rng, length, 0.8))
    if turn.small_talk:
        return Tokens(prompt=question // 4 + history, output=output // 5, cache_write=None)
    prompt = instructions + history + question
    warm = turn.cache_is_warm and model is turn.answered_by  # a fallback starts cold
    if model is CLAUDE_SONNET:
        read = instructions + max(history - 200 - length, 0) if warm else 0
        return Tokens(prompt, output, cache_read=read, cache_write=instructions + history - read)
    # OpenAI caches by itself, in steps of 128 tokens.
    read = (instructions + history) // 128 * 128 if warm else 0
    return Tokens(prompt, output, cache_read=read)


def answer(tracer: Tracer, session: Session, turn: Turn) -> str:
    """Ask the model; on an error once more; then, for some customers, another model."""
    inputs = {
        "question": turn.question,
        "prompt": f"weave:///acme/support-bot/object/Prompt:{turn.prompt_version}",
    }
    with tracer.call("answer", session, inputs, version=turn.prompt_version) as step:
        attempts = [turn.answered_by, turn.answered_by]
        if turn.answered_by is CLAUDE_SONNET and often(tracer.rng, 0.6):
            attempts.append(GPT_4_1)
        reply = "You are welcome!" if turn.small_talk else f"See the help page “{turn.page}”."
        while True:
            model = attempts.pop(0)
            tokens = answer_tokens(tracer.rng, turn, model)
            try:
                step.output = ask_model(tracer, session, model, turn.question, tokens, reply)
                return reply
            except AppError:
                if not attempts:
                    raise
                tracer.wait(500)


def answer_customer(tracer: Tracer, session: Session, turn: Turn) -> None:
    """One turn of the support bot: `support_agent` -> steps -> LLM calls."""
    with tracer.call("support_agent", session, {"question": turn.question}) as agent:
        if turn.number == 0:
            classify(tracer, session, turn)
        if not turn.small_talk:
            retrieve(tracer, session, turn)
            if turn.topic == "technical":
                try:
                    plan(tracer, session, turn)
                except AppError:
                    tracer.wait(5)  # the bot answers without a plan
        agent.output = answer(tracer, session, turn)


def search_docs(tracer: Tracer, session: Session, words: str) -> None:
    """One search in the documentation: `search_docs` -> LLM call, `rerank` -> LLM call."""
    rng = tracer.rng
    with tracer.call("search_docs", session, {"words": words}) as search:
        rewrite = Tokens(
            prompt=int(skewed(rng, 1250, 0.1)),
            output=rng.randint(12, 40),
            cache_read=1024 if often(rng, 0.5) else 0,
        )
        query = ask_model(tracer, session, GPT_4O_MINI, words, rewrite, f"{words} guide")
        tracer.wait(skewed(rng, 60, spread=1))
        with tracer.call("rerank", session, {"query": query}) as step:
            tokens = Tokens(
                prompt=int(skewed(rng, 3800, 0.7)),
                output=rng.randint(15, 45),
                thoughts=int(skewed(rng, 120, 1)),
            )
            step.output = ask_model(tracer, session, GEMINI_FLASH, query, tokens, "3, 1, 7")
        search.output = ["weave:///acme/docs-search/object/Pages:v31"]


# --- The week -------------------------------------------------------------------------------------

# Relative traffic by hour of day and by day of the week (Monday first), in New York.
BY_HOUR = [1, 1, 0, 0, 0, 1, 2, 4, 7, 10, 11, 10, 8, 10, 11, 10, 9, 7, 5, 4, 4, 3, 2, 2]
BY_WEEKDAY = [1.0, 1.05, 0.95, 1.0, 0.9, 0.4, 0.35]


def arrivals(rng: Random, per_busy_hour: float, rush: float = 1) -> Iterator[datetime]:
    """When people come, in order; `rush` times as many on Thursday afternoon."""
    hour_start = WEEK_START
    due = rng.random()
    while hour_start < WEEK_END:
        offset = timedelta(hours=-4 if hour_start >= NEW_YORK_CLOCKS_CHANGE else -5)
        local = hour_start + offset
        traffic = BY_HOUR[local.hour] / 11 * BY_WEEKDAY[local.weekday()]
        if RUSH_START <= hour_start < RUSH_END:
            traffic *= rush
        due += per_busy_hour * traffic
        count = int(due)
        due -= count
        for number in range(count):
            microseconds = int((number + rng.random()) / count * 3_600_000_000)
            yield hour_start + timedelta(microseconds=microseconds)
        hour_start += timedelta(hours=1)


def hold_conversation(tracer: Tracer, start: datetime) -> None:
    """One customer, one thread, one to four questions; nobody stays after an error."""
    rng = tracer.rng
    tracer.now = start
    user = rng.choice([AMAL, AMAL, AMAL, BEA, BEA, CHEN, DAVE])
    session = Session(SUPPORT_BOT, user, thread_id=f"conversation-{rng.getrandbits(32):08x}")
    question, topic, page = rng.choice(QUESTIONS)
    answered_by = GPT_4_1 if often(rng, 0.27) else CLAUDE_SONNET
    turns = rng.choice([1, 1, 2, 2, 3, 4])
    pause_s = 0.0
    with suppress(AppError, LogEndError):
        for number in range(turns):
            small_talk = number > 0 and number == turns - 1 and often(rng, 0.4)
            if small_talk:
                question = "Thanks, that was all."
            elif number > 0:
                question = rng.choice(FOLLOW_UPS)
            turn = Turn(
                question,
                topic,
                page,
                number=number,
                cache_is_warm=pause_s < 300 if number > 0 else often(rng, 0.5),
                answered_by=answered_by,
                prompt_version="v3" if tracer.now < PROMPT_V4_START else "v4",
                small_talk=small_talk,
            )
            answer_customer(tracer, session, turn)
            pause_s = skewed(rng, 70, spread=6)
            tracer.wait(pause_s * 1000)


def visit_docs(tracer: Tracer, start: datetime) -> None:
    tracer.now = start
    user = tracer.rng.choice([AMAL, BEA, CHEN, CHEN, DAVE, DAVE])
    with suppress(AppError, LogEndError):
        search_docs(tracer, Session(DOCS_SEARCH, user), tracer.rng.choice(SEARCHES))


def evaluate(tracer: Tracer, wb_run_id: str, prompt_version: str, start: datetime) -> None:
    """The same questions for each version of the prompt, outside any thread."""
    tracer.now = start
    for step, (question, topic, page) in enumerate(EVALUATION_QUESTIONS):
        session = Session(SUPPORT_BOT, ROBOT, "evaluation", wb_run_id=wb_run_id, wb_run_step=step)
        turn = Turn(
            question,
            topic,
            page,
            number=0,
            cache_is_warm=step > 0,
            answered_by=GPT_4_1,
            prompt_version=prompt_version,
        )
        with suppress(AppError):
            answer_customer(tracer, session, turn)
        tracer.wait(150)


def crash(tracer: Tracer) -> None:
    """The process dies while a model answers: nobody writes the end of the open calls."""
    tracer.now = CRASH_AT
    tracer.log_ends = CRASH_AT + timedelta(seconds=4)
    question, topic, page = QUESTIONS[0]
    turn = Turn(
        question,
        topic,
        page,
        number=0,
        cache_is_warm=False,
        answered_by=CLAUDE_SONNET,
        prompt_version="v3",
    )
    with suppress(LogEndError):
        answer_customer(tracer, Session(SUPPORT_BOT, BEA, thread_id="conversation-0c7d11e4"), turn)
    tracer.log_ends = WEEK_END


def try_in_notebook(tracer: Tracer) -> None:
    """A call made by hand, above no op and below none, and deleted the next day."""
    tracer.now = NOTEBOOK_AT
    tokens = Tokens(prompt=23, output=9)
    ask_model(tracer, Session(SUPPORT_BOT, DAVE, "notebook"), GPT_4O_MINI, "hello?", tokens, "Hi!")
    tracer.calls[-1].deleted_at = NOTEBOOK_AT + timedelta(hours=22, minutes=4)


def week_of_calls() -> list[Call]:
    """All calls, in the order in which they started."""
    tracer = Tracer(Random(SEED))  # noqa: S311  (no secrets here, and it must repeat)
    for start in arrivals(tracer.rng, per_busy_hour=0.6, rush=7):
        hold_conversation(tracer, start)
    for start in arrivals(tracer.rng, per_busy_hour=0.35):
        visit_docs(tracer, start)
    for wb_run_id, prompt_version, start in EVALUATIONS:
        evaluate(tracer, wb_run_id, prompt_version, start)
    crash(tracer)
    try_in_notebook(tracer)
    hold_conversation(tracer, WEEK_END - timedelta(seconds=4))
    return sorted(tracer.calls, key=lambda call: (call.started_at, call.id))


# --- The files ------------------------------------------------------------------------------------


def op_ref(call: Call) -> str:
    """Versions of an op differ in their digest, which Weave makes of the op's code."""
    code = f"{call.session.project_id}/{call.op}:{call.op_version}".encode()
    digest = base64.b64encode(hashlib.sha256(code).digest(), b"XY").decode().rstrip("=")
    return f"weave:///{call.session.project_id}/op/{call.op}:{digest}"


def exported_summary(call: Call) -> Json:
    """What was recorded, and the block that Weave's server adds when it is asked."""
    if call.ended_at is None:
        return {"weave": {"status": "running", "trace_name": call.op}}
    if call.exception:
        status = "error"
    elif call.summary["status_counts"]["error"]:
        status = "descendant_error"
    else:
        status = "success"
    latency_ms = (call.ended_at - call.started_at) // timedelta(milliseconds=1)
    derived = {"status": status, "trace_name": call.op, "latency_ms": latency_ms}
    return call.summary | {"weave": derived}


def exported(call: Call) -> Json:
    """The CallSchema of Weave's API, its keys in Weave's order, times as datetime."""
    session = call.session
    client: Json = {"client_version": "0.53.0", "source": "python-sdk", "sys_version": "3.12.9"}
    if call.is_llm:
        client = {"kind": "llm"} | client
    ended = call.ended_at is not None
    return {
        "id": call.id,
        "project_id": session.project_id,
        "op_name": op_ref(call),
        "display_name": None,
        "trace_id": call.trace_id,
        "parent_id": call.parent.id if call.parent else None,
        "thread_id": session.thread_id,
        "turn_id": call.turn_id,
        "started_at": call.started_at,
        "attributes": {"environment": session.environment, "weave": client},
        "inputs": call.inputs,
        "ended_at": call.ended_at,
        "exception": call.exception,
        "output": call.output if ended else None,
        "summary": exported_summary(call),
        "wb_user_id": session.wb_user_id,
        "wb_run_id": session.wb_run_id,
        "wb_run_step": session.wb_run_step,
        "wb_run_step_end": session.wb_run_step if ended else None,
        "deleted_at": call.deleted_at,
        "expire_at": None,
        "storage_size_bytes": None,
        "total_storage_size_bytes": None,
    }


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=to_timestamp)


def to_timestamp(value: datetime) -> str:
    return value.isoformat(timespec="microseconds").replace("+00:00", "Z")


def write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def write_parquet(path: Path, rows: list[Json]) -> None:
    """Times as instants, objects as JSON text, in row groups that a time range can skip."""
    instant, text = pa.timestamp("us", tz="UTC"), pa.string()
    types = {
        "started_at": instant,
        "ended_at": instant,
        "deleted_at": instant,
        "expire_at": instant,
        "wb_run_step": pa.int64(),
        "wb_run_step_end": pa.int64(),
        "storage_size_bytes": pa.int64(),
        "total_storage_size_bytes": pa.int64(),
    }
    schema = pa.schema([(name, types.get(name, text)) for name in rows[0]])
    json_columns = ("attributes", "inputs", "output", "summary")
    texts = [
        row | {name: to_json(row[name]) for name in json_columns if row[name] is not None}
        for row in rows
    ]
    table = pa.Table.from_pylist(texts, schema=schema)
    pq.write_table(table, path, compression="zstd", row_group_size=ROWS_PER_ROW_GROUP)


REQUEST_WEEK = {
    "project_id": SUPPORT_BOT,
    "start": "2026-03-02T00:00:00Z",
    "end": "2026-03-09T00:00:00Z",
    "granularity": 86400,
    "timezone": "America/New_York",
    "usage_metrics": [
        {"metric": "input_tokens", "aggregations": ["sum"]},
        {"metric": "output_tokens", "aggregations": ["sum"], "percentiles": [95]},
        {"metric": "cache_read_input_tokens", "aggregations": ["sum"]},
    ],
    "call_metrics": [
        {"metric": "latency_ms", "aggregations": ["avg"], "percentiles": [50, 95, 99.9]},
        {"metric": "call_count", "aggregations": ["sum"]},
        {"metric": "error_count", "aggregations": ["sum"]},
    ],
}

REQUEST_SLOW_AFTERNOON = {
    "project_id": SUPPORT_BOT,
    "start": "2026-03-05T17:00:00Z",
    "end": "2026-03-05T23:00:00Z",
    "granularity": 900,
    "timezone": "America/New_York",
    "filter": {"op_names": [CLAUDE_SONNET.op]},
    "call_metrics": [
        {"metric": "latency_ms", "aggregations": [], "percentiles": [50, 95]},
        {"metric": "error_count", "aggregations": ["sum"]},
    ],
}


def main(folder: Path) -> None:
    rows = [exported(call) for call in week_of_calls()]
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "calls.jsonl", "".join(to_json(row) + "\n" for row in rows))
    write_parquet(folder / "calls.parquet", rows)
    for name, request in (
        ("request_week.json", REQUEST_WEEK),
        ("request_slow_afternoon.json", REQUEST_SLOW_AFTERNOON),
    ):
        write_text(folder / name, json.dumps(request, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
