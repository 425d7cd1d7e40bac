"""Makes the bundled example model polymath and its data, from nothing.

    python benchmarks/polymath/polymath.py

takes about 25 minutes on 2 cores that others use as well, and writes, below recipes/,

    data/TASK-train.jsonl   512 rows of each task's training distribution, to calibrate on
    data/TASK-test.jsonl    250 held-out rows of each task
    data/all-train.jsonl    1,024 rows of all tasks, shuffled
    models/polymath/        model.onnx (dense fp32), tokenizer.json, config.json

The model is a character-level GPT-2 of 1.3 million parameters, exported the way people
export such models: by PyTorch's TorchScript exporter. evaluate.py measures the result.
"""

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models
from transformers import GPT2Config, GPT2LMHeadModel

from tasks import ALPHABET, STOP, Row, Task, all_tasks

RECIPES = Path(__file__).resolve().parents[2] / "recipes"
DATA = RECIPES / "data"
MODEL = RECIPES / "models" / "polymath"

SEED = 20261123
THREADS = 2  # the sums' order, and so the weights' last bits, depends on it
TRAIN_ROWS = 512
MIXED_ROWS = 1024

POSITIONS = 64
STEPS = 2200
BATCH = 100
PEAK_LEARNING_RATE = 2e-3

PAD, UNK = "<pad>", "<unk>"


def unique_rows(draw: Callable[[], Row], count: int) -> list[Row]:
    """The first `count` different rows that `draw` returns."""
    rows: dict[Row, None] = {}
    while len(rows) < count:
        rows[draw()] = None
    return list(rows)


def write_rows(path: Path, rows: list[Row]) -> None:
    """Writes one JSON object a line."""
    path.write_text("".join(
        json.dumps({"prompt": row.prompt, "answer": row.answer, "text": row.text}) + "\n"
        for row in rows), encoding="ascii")


def write_data(tasks: list[Task]) -> None:
    """Writes the data files, after checking that no training row is a held-out one."""
    DATA.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)
    train = {task.name: unique_rows(lambda: task.draw(rng), TRAIN_ROWS) for task in tasks}
    mixed = unique_rows(lambda: rng.choice(tasks).draw(rng), MIXED_ROWS)

    held_out = {row.prompt for task in tasks for row in task.test}
    for rows in (*train.values(), mixed):
        assert held_out.isdisjoint(row.prompt for row in rows), "a test row is trained on"

    for task in tasks:
        assert all(len(row.text) <= POSITIONS for row in task.test + train[task.name])
        write_rows(DATA / f"{task.name}-train.jsonl", train[task.name])
        write_rows(DATA / f"{task.name}-test.jsonl", task.test)
    write_rows(DATA / "all-train.jsonl", mixed)


def make_tokenizer() -> Tokenizer:
    """One token a character: a BPE with no merges never joins any.

    It neither normalises nor splits, so every character, the newline included, keeps its
    place, and decoding (which fuses the characters without spaces) gives the text back.
    """
    vocabulary = {token: index for index, token in enumerate((PAD, UNK, *ALPHABET))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token=UNK))
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens([AddedToken(PAD, special=True), AddedToken(UNK, special=True)])
    return tokenizer


def make_model(tokenizer: Tokenizer) -> GPT2LMHeadModel:
    """An untrained GPT-2, without dropout: generated text does not run out."""
    stop = tokenizer.token_to_id(STOP)
    return GPT2LMHeadModel(GPT2Config(
        vocab_size=tokenizer.get_vocab_size(), n_positions=POSITIONS,
        n_layer=4, n_embd=160, n_head=5, n_inner=640,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        bos_token_id=None, eos_token_id=stop, pad_token_id=tokenizer.token_to_id(PAD),
        use_cache=False, attn_implementation="eager", architectures=["GPT2LMHeadModel"]))


def make_batch(rows: list[Row], tokenizer: Tokenizer):
    """Token ids, attention mask and the tokens' weights in the loss, padded on the right."""
    pad = tokenizer.token_to_id(PAD)
    length = max(len(row.text) for row in rows)
    ids = torch.full((len(rows), length), pad)
    weights = torch.zeros(len(rows), length)
    for index, row in enumerate(rows):
        ids[index, :len(row.text)] = torch.tensor(tokenizer.encode(row.text).ids)
        weights[index, :len(row.prompt)] = row.prompt_weight
        weights[index, len(row.prompt):len(row.text)] = 1.0
    return ids, (ids != pad).long(), weights


def weighted_loss(model: GPT2LMHeadModel, rows: list[Row], tokenizer: Tokenizer):
    """Weighted cross entropy of the rows, per answer character."""
    ids, mask, weights = make_batch(rows, tokenizer)
    logits = model(input_ids=ids, attention_mask=mask).logits
    losses = torch.nn.functional.cross_entropy(
        logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    return (losses * weights[:, 1:]).sum() / sum(len(row.answer) for row in rows)


def train(model: GPT2LMHeadModel, tasks: list[Task], tokenizer: Tokenizer) -> None:
    """Trains on freshly drawn rows, the tasks in equal parts.

    Each batch goes through in two halves, the short rows and the long ones: padding the
    short to the long would take half as much time again.
    """
    rng = random.Random(SEED)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_LEARNING_RATE, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, PEAK_LEARNING_RATE, total_steps=STEPS, pct_start=0.1)
    model.train()
    start = time.monotonic()
    for step in range(1, STEPS + 1):
        rows = [tasks[index % len(tasks)].draw(rng) for index in range(BATCH)]
        rows.sort(key=lambda row: len(row.text))
        optimizer.zero_grad()
        losses = [weighted_loss(model, half, tokenizer) / 2
                  for half in (rows[:BATCH // 2], rows[BATCH // 2:])]
        sum(losses).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            print(f"step {step}: loss {sum(losses).item():.4f}, {time.monotonic() - start:.0f} s",
                  flush=True)


class LogitsOnly(torch.nn.Module):
    """Gives the exporter a plain function: two tensors in, one out."""

    def __init__(self, model: GPT2LMHeadModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return self.model(input_ids=input_ids, attention_mask=attention_mask).logits


def export(model: GPT2LMHeadModel, path: Path) -> None:
    """Exports through TorchScript, with dynamic batch size and length."""
    sample = torch.ones(2, 7, dtype=torch.long)
    batch_by_length = {0: "batch", 1: "sequence"}
    torch.onnx.export(
        LogitsOnly(model.eval()), (sample, sample), str(path), dynamo=False, opset_version=17,
        input_names=["input_ids", "attention_mask"], output_names=["logits"],
        dynamic_axes={name: batch_by_length
                      for name in ("input_ids", "attention_mask", "logits")})


def check_export(model: GPT2LMHeadModel, path: Path) -> None:
    """Compares ONNX Runtime with PyTorch in other shapes than the traced one, with padding."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(SEED)
    for batch, length in ((1, 2), (1, POSITIONS), (5, 13), (64, 40), (64, POSITIONS)):
        ids = rng.integers(2, model.config.vocab_size, (batch, length))
        lengths = rng.integers(1, length + 1, (batch, 1))
        mask = (np.arange(length) < lengths).astype(np.int64)
        with torch.no_grad():
            expected = model(input_ids=torch.from_numpy(ids),
                             attention_mask=torch.from_numpy(mask)).logits.numpy()
        actual, = session.run(["logits"], {"input_ids": ids, "attention_mask": mask})
        np.testing.assert_allclose(actual, expected, atol=1e-3, rtol=1e-3)


def check_tokenizer(path: Path, tasks: list[Task]) -> None:
    """Decoding what the written tokenizer encodes must give every test text back."""
    tokenizer = Tokenizer.from_file(str(path))
    for row in (row for task in tasks for row in task.test):
        ids = tokenizer.encode(row.text).ids
        assert len(ids) == len(row.text) and tokenizer.decode(ids) == row.text, row


def main() -> None:
    torch.set_num_threads(THREADS)
    torch.manual_seed(SEED)
    tasks = all_tasks()
    write_data(tasks)

    tokenizer = make_tokenizer()
    model = make_model(tokenizer)
    print(f"{model.num_parameters():,} parameters", flush=True)
    train(model, tasks, tokenizer)

    MODEL.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(MODEL / "tokenizer.json"))
    check_tokenizer(MODEL / "tokenizer.json", tasks)
    model.config.to_json_file(MODEL / "config.json")
    export(model, MODEL / "model.onnx")
    check_export(model, MODEL / "model.onnx")


if __name__ == "__main__":
    main()
