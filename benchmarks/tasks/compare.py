"""Compares `fnprune eval` with an independent computation in Python.

    python benchmarks/tasks/compare.py [--fnprune "java -jar target/fnprune.jar"] [--rows 60] \
        [--language-model FOLDER] [--classifier FOLDER] [--markdown FILE]

Perplexity in all its forms, multiple choice, generation and classification of the bundled model
and, if they are given, of a language model with test.jsonl (field text) and of a classifier with
test.jsonl (text, label). The same files are read by both sides; here with ONNX Runtime and the
library `tokenizers`, one example at a time without padding. Needs onnxruntime, tokenizers, numpy
and scikit-learn. Fails when a figure differs by more than 1e-4 (relative above 1).
"""

import argparse
import json
import math
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-4


class Model:
    """A model folder: logits of one sequence of ids."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.session = onnxruntime.InferenceSession(str(self.folder / "model.onnx"))
        self.inputs = [i.name for i in self.session.get_inputs()]
        self.tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.config = json.loads((self.folder / "config.json").read_text())
        template = self.tokenizer.encode("a").special_tokens_mask
        self.trailing = 0
        while 0 not in template[len(template) - self.trailing - 1 :]:
            self.trailing += 1

    def encode(self, text, special=True):
        return self.tokenizer.encode(text, add_special_tokens=special).ids

    def leading(self, text):
        ids = self.encode(text)
        return ids[: len(ids) - self.trailing]

    def logits(self, ids):
        feeds = {"input_ids": np.array([ids], dtype=np.int64)}
        if "attention_mask" in self.inputs:
            feeds["attention_mask"] = np.ones((1, len(ids)), dtype=np.int64)
        return self.session.run(None, feeds)[0][0].astype(np.float64)

    def log_likelihood(self, ids, first):
        """Sum of log p of ids[first:], each from those before it."""
        logits = self.logits(ids[:-1])
        top = logits.max(axis=-1, keepdims=True)
        normal = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
        return sum(normal[i - 1, ids[i]] for i in range(first, len(ids)))


# Perplexity ------------------------------------------------------------------------------------


def perplexity_rows(model, texts, length):
    total, count = 0.0, 0
    for text in texts:
        ids = model.encode(text)[:length]
        if len(ids) > 1:
            total += model.log_likelihood(ids, 1)
            count += len(ids) - 1
    return math.exp(-total / count)


def perplexity_wikitext(model, texts, length):
    """The WikiText-2 protocol: rows joined by blank lines, windows apart, tail dropped."""
    ids = model.encode("\n\n".join(texts))
    total, count = 0.0, 0
    for start in range(0, len(ids) - length + 1, length):
        total += model.log_likelihood(ids[start : start + length], 1)
        count += length - 1
    return math.exp(-total / count)


def perplexity_strided(model, texts, length, stride):
    """As the documentation of transformers: only tokens that no window had before count."""
    ids = model.encode("\n\n".join(texts))
    total, count, previous = 0.0, 0, 0
    for begin in range(0, len(ids), stride):
        end = min(begin + length, len(ids))
        first = max(previous - begin, 1)
        if first < end - begin:
            total += model.log_likelihood(ids[begin:end], first)
            count += end - begin - first
        previous = end
        if end == len(ids):
            break
    return math.exp(-total / count)


def rolling_windows(tokens, prefix, length):
    """get_rolling_token_windows with a context of one token, as (input, predicted)."""
    done = min(length, len(tokens))
    yield [prefix] + tokens[: done - 1], tokens[:done]
    while done < len(tokens):
        new = min(len(tokens) - done, length)
        end = done + new
        yield tokens[end - length - 1 : end - 1], tokens[end - new : end]
        done = end


def perplexity_rolling(model, texts, length):
    """Token, word and byte perplexity as lm-evaluation-harness's loglikelihood_rolling."""
    prefix = model.config.get("bos_token_id")
    prefix = model.config["eos_token_id"] if prefix is None else prefix
    total, tokens, words, size = 0.0, 0, 0, 0
    for text in texts:
        ids = model.encode(text, special=False)
        for context, predicted in rolling_windows(ids, prefix, length):
            whole = context + predicted[-1:]
            total += model.log_likelihood(whole, len(whole) - len(predicted))
        tokens += len(ids)
        words += len(re.split(r"\s+", text))
        size += len(text.encode("utf-8"))
    return [math.exp(-total / n) for n in (tokens, words, size)]


# Continuations ---------------------------------------------------------------------------------


def continuation(model, context, answer):
    """_encode_pair of lm-evaluation-harness, with the tokenizer's own token in front."""
    spaces = len(context) - len(context.rstrip())
    if spaces > 0:
        answer = context[-spaces:] + answer
        context = context[:-spaces]
    whole = model.leading(context + answer)
    before = model.leading(context)
    return before + whole[len(before) :], len(before)


def multiple_choice(model, rows, delimiter):
    acc, norm = [], []
    for row in rows:
        choices = row["choices"]
        scores = np.array(
            [
                model.log_likelihood(*continuation(model, row["prompt"], delimiter + choice))
                for choice in choices
            ]
        )
        gold = choices.index(row["label"])
        acc.append(np.argmax(scores) == gold)
        norm.append(np.argmax(scores / np.array([float(len(c)) for c in choices])) == gold)
    return float(np.mean(acc)), float(np.mean(norm))


def greedy_matches(model, rows, limit, stop):
    matches = []
    for row in rows:
        ids = model.leading(row["prompt"].rstrip())
        said = []
        while len(said) < limit:
            token = int(np.argmax(model.logits(ids + said)[-1]))
            if token == model.config.get("eos_token_id"):
                break
            said.append(token)
            if stop in model.tokenizer.decode(said):
                break
        text = model.tokenizer.decode(said).split(stop)[0]
        matches.append(text.strip() == row["answer"].strip())
    return float(np.mean(matches))


def teacher_forced_matches(model, rows):
    matches = []
    for row in rows:
        ids, first = continuation(model, row["prompt"], row["answer"])
        said = model.logits(ids[:-1]).argmax(axis=-1)
        matches.append(all(said[i - 1] == ids[i] for i in range(first, len(ids))))
    return float(np.mean(matches))


# fnprune ---------------------------------------------------------------------------------------


class Comparison:
    """Runs tasks with fnprune and puts its figures beside those computed here."""

    def __init__(self, fnprune, folder):
        self.fnprune = fnprune
        self.folder = folder
        self.lines = []
        self.failed = False

    def run(self, name, model, rows, keys, expected):
        data = self.folder / (name + ".jsonl")
        data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        task = self.folder / (name + ".yaml")
        task.write_text(json.dumps({"name": name, "dataset": str(data), **keys}))
        command = self.fnprune + ["eval", str(model.folder), "--task", str(task), "--json", "--quiet"]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        found = {t["metric"]: t["value"] for t in json.loads(output)["tasks"]}
        for metric, value in expected.items():
            difference = abs(found[metric] - value) / max(1, abs(value))
            self.failed |= not difference <= TOLERANCE
            row = f"| {model.folder.name} | {name} | {metric} | {len(rows)} | {value:.6f} | {found[metric]:.6f} | {difference:.1e} |"
            print(row, flush=True)
            self.lines.append(row)


def read(file, limit):
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()][:limit]


def perplexities(comparison, model, rows, length, stride):
    texts = [row["text"] for row in rows]
    rows = [{"text": text} for text in texts]
    task = {"type": "perplexity", "max_seq_length": length, "limit": 1 << 20}
    comparison.run(
        "perplexity-rows", model, rows, task, {"perplexity": perplexity_rows(model, texts, length)}
    )
    comparison.run(
        "perplexity-wikitext",
        model,
        rows,
        {**task, "document": True},
        {"perplexity": perplexity_wikitext(model, texts, length)},
    )
    comparison.run(
        "perplexity-strided",
        model,
        rows,
        {**task, "document": True, "stride": stride},
        {"perplexity": perplexity_strided(model, texts, length, stride)},
    )
    metrics = ["perplexity", "word_perplexity", "byte_perplexity"]
    short = length // 2
    comparison.run(
        "perplexity-rolling",
        model,
        rows,
        {**task, "rolling": True, "max_seq_length": short},
        dict(zip(metrics, perplexity_rolling(model, texts, short))),
    )


def choices(comparison, name, model, rows, delimiter):
    acc, norm = multiple_choice(model, rows, delimiter)
    comparison.run(
        name,
        model,
        # A list goes into a field as JSON text.
        [{**row, "choices": json.dumps(row["choices"])} for row in rows],
        {
            "type": "multiple-choice",
            "prompt": "{prompt}",
            "choices": "choices",
            "target_delimiter": delimiter,
        },
        {"acc": acc, "acc_norm": norm},
    )


def bundled(comparison, limit):
    model = Model(ROOT / "recipes/models/polymath")
    data = ROOT / "recipes/data"
    texts = [row for name in ("add", "capital", "sentiment") for row in read(data / f"{name}-test.jsonl", limit)]
    perplexities(comparison, model, texts, 32, 12)
    sentiment = read(data / "sentiment-test.jsonl", limit)
    comparison.run(
        "generation",
        model,
        sentiment,
        {"type": "generation"},
        {"exact_match": teacher_forced_matches(model, sentiment)},
    )
    add = read(data / "add-test.jsonl", limit)
    comparison.run(
        "generation-greedy",
        model,
        add,
        {"type": "generation", "decoding": "greedy", "max_new_tokens": 6, "stop": ["\n"]},
        {"exact_match": greedy_matches(model, add, 6, "\n")},
    )
    # Beginnings and extensions of the capitals: of several lengths, so that the norm matters.
    capitals = read(data / "capital-test.jsonl", limit)
    answers = sorted({row["answer"].strip() for row in capitals})
    rows = []
    for i, row in enumerate(capitals):
        right = row["answer"].strip()
        others = [a for a in answers if a != right]
        names = [right[: 1 + i % 4], right + " city", others[i % len(others)], right]
        ends = ["", "\n"][i % 2]
        named = [name + ends for name in names]
        rows.append({"prompt": row["prompt"], "choices": named, "label": named[-1]})
    choices(comparison, "choices-capital", model, rows, "")
    rows = [
        {"prompt": "review: " + row["prompt"][8:], "choices": ["yes", "no"], "label": row["answer"].strip()}
        for row in sentiment
    ]
    choices(comparison, "choices-sentiment", model, rows, "")


def language_model(comparison, folder, limit):
    model = Model(folder)
    rows = read(Path(folder) / "test.jsonl", limit)
    perplexities(comparison, model, rows, 128, 48)
    questions = []
    for i, row in enumerate(rows):
        words = row["text"].split(" ")
        endings = [" ".join(rows[(i + k) % len(rows)]["text"].split(" ")[12 : 16 + 2 * k]) for k in range(4)]
        questions.append(
            {"prompt": " ".join(words[:12]), "choices": endings, "label": endings[0]}
        )
    choices(comparison, "choices-endings", model, questions, " ")


def classifier(comparison, folder, limit):
    model = Model(folder)
    rows = read(Path(folder) / "test.jsonl", limit)
    gold = [row["label"] for row in rows]
    length = min(128, model.config.get("n_positions", 128))
    said = [int(np.argmax(model.logits(model.encode(row["text"])[:length]))) for row in rows]
    comparison.run(
        "classification",
        model,
        rows,
        {"type": "classification", "max_seq_length": length},
        {
            "accuracy": accuracy_score(gold, said),
            "macro_f1": f1_score(gold, said, average="macro"),
            "weighted_f1": f1_score(gold, said, average="weighted"),
            "matthews": matthews_corrcoef(gold, said),
        },
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fnprune", default=f"java -jar {ROOT}/target/fnprune.jar")
    parser.add_argument("--rows", type=int, default=60)
    parser.add_argument("--language-model")
    parser.add_argument("--classifier")
    parser.add_argument("--markdown", help="a file for the table")
    args = parser.parse_args()
    header = "| model | task | metric | rows | Python | fnprune | difference |\n|---|---|---|--:|--:|--:|--:|"
    print(header)
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(shlex.split(args.fnprune), Path(folder))
        bundled(comparison, args.rows)
        if args.language_model:
            language_model(comparison, args.language_model, args.rows)
        if args.classifier:
            classifier(comparison, args.classifier, 4 * args.rows)
    if args.markdown:
        Path(args.markdown).write_text("\n".join([header] + comparison.lines) + "\n")
    if comparison.failed:
        sys.exit(f"a figure differs by more than {TOLERANCE}")


if __name__ == "__main__":
    main()
