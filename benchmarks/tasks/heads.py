"""Compares `fnprune eval` with transformers on tiny models with random weights, of every head.

    python benchmarks/tasks/heads.py [--fnprune "java -jar target/fnprune.jar"]

Pairs of texts (BERT with token types), regression, cosine of embeddings, extractive questions over
several windows, images (ViT, files of several sizes), and greedy decoding with a KV cache (Llama).
Needs torch, transformers, onnx, tokenizers, scipy, scikit-learn and Pillow. Fails when a figure differs by more
than 1e-4.
"""

import argparse
import collections
import json
import re
import shlex
import string
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers as hf
from PIL import Image
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, matthews_corrcoef
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

ROOT = Path(__file__).resolve().parents[2]
WORDS = ["the", "a", "cat", "dog", "saw", "ran", "Paris", "river", "in", "who", "where", "red,", "old.", "Anna's", "Lee", "town"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def tokenizer(folder, pairs):
    vocabulary = {word: i for i, word in enumerate(SPECIAL + WORDS)}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.add_special_tokens(SPECIAL)
    if pairs:
        made.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]",
            pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
        )
    made.save(str(folder / "tokenizer.json"))
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"] if pairs else ["input_ids", "attention_mask"],
    )


class Wrapped(torch.nn.Module):
    def __init__(self, model, names, outputs):
        super().__init__()
        self.model, self.names, self.outputs = model, names, outputs

    def forward(self, *inputs):
        result = self.model(**dict(zip(self.names, inputs)), return_dict=True)
        return tuple(getattr(result, name) for name in self.outputs)


def export(folder, model, example, outputs):
    """A model folder with open batch and sequence axes."""
    folder.mkdir()
    names = list(example)
    axes = {n: {0: "batch"} if n == "pixel_values" else {0: "batch", 1: "sequence"} for n in names}
    for output in outputs:
        axes[output] = {0: "batch"}
        if output in ("last_hidden_state", "start_logits", "end_logits"):
            axes[output][1] = "sequence"
    torch.onnx.export(
        Wrapped(model, names, outputs).eval(),
        tuple(example.values()),
        str(folder / "model.onnx"),
        input_names=names,
        output_names=list(outputs),
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    model.config.to_json_file(folder / "config.json", use_diff=False)
    return folder


def spread(model, scale=4):
    """Random weights large enough that answers differ."""
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, scale / parameter.shape[-1] ** 0.5)
    return model.eval()


def bert(head, **more):
    config = hf.BertConfig(
        vocab_size=len(SPECIAL + WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64, attn_implementation="eager", **more,
    )
    return spread(head(config), 1.5)


def text(random, low, high):
    return " ".join(random.choice(WORDS, random.integers(low, high)))


def text_example():
    ids = torch.tensor([[2, 5, 6, 3, 7, 3], [2, 5, 3, 9, 7, 3]])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}


class Run:
    def __init__(self, fnprune, folder):
        self.fnprune, self.folder, self.failed = fnprune, folder, False

    def task(self, name, model, dataset, keys, expected):
        file = self.folder / (name + ".yaml")
        file.write_text(json.dumps({"name": name, "dataset": str(dataset), **keys}))
        command = self.fnprune + ["eval", str(model), "--task", str(file), "--json", "--quiet"]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        found = {t["metric"]: t["value"] for t in json.loads(output)["tasks"]}
        for metric, value in expected.items():
            difference = abs(found[metric] - value)
            self.failed |= not difference <= 1e-4
            print(f"| {name} | {metric} | {value:.6f} | {found[metric]:.6f} | {difference:.1e} |", flush=True)

    def rows(self, name, rows):
        file = self.folder / (name + ".jsonl")
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return file


def pairs(run, random):
    rows = [{"text": text(random, 2, 12), "text_pair": text(random, 2, 12), "label": int(random.integers(3))} for _ in range(40)]
    model = bert(hf.BertForSequenceClassification, num_labels=3)
    folder = export(run.folder / "pairs", model, text_example(), ["logits"])
    tokens = tokenizer(folder, True)

    def logits(row, model):
        inputs = tokens(row["text"], row["text_pair"], truncation="longest_first", max_length=16, return_tensors="pt")
        return model(**inputs).logits[0].detach().numpy()

    gold, said = [r["label"] for r in rows], [int(np.argmax(logits(r, model))) for r in rows]
    run.task(
        "pairs", folder, run.rows("pairs", rows),
        {"type": "classification", "text_pair": "text_pair", "max_seq_length": 16},
        {"accuracy": accuracy_score(gold, said), "matthews": matthews_corrcoef(gold, said)},
    )
    model = bert(hf.BertForSequenceClassification, num_labels=1)
    folder = export(run.folder / "regression", model, text_example(), ["logits"])
    tokenizer(folder, True)
    scores = [float(logits(r, model)[0]) for r in rows]
    run.task(
        "regression", folder, run.rows("regression", rows), {"type": "similarity", "max_seq_length": 16},
        {"spearman": spearmanr(scores, gold).statistic, "pearson": pearsonr(scores, gold).statistic},
    )
    model = bert(hf.BertModel)
    folder = export(run.folder / "embedding", model, text_example(), ["last_hidden_state"])
    tokenizer(folder, True)
    for pooling in ("mean", "cls"):
        cosines = []
        for row in rows:
            vectors = []
            for key in ("text", "text_pair"):
                hidden = model(**tokens(row[key], return_tensors="pt")).last_hidden_state[0].detach().numpy()
                vectors.append(hidden[0] if pooling == "cls" else hidden.mean(axis=0))
            cosines.append(vectors[0] @ vectors[1] / np.linalg.norm(vectors[0]) / np.linalg.norm(vectors[1]))
        run.task(
            "cosine-" + pooling, folder, run.rows("cosine", rows),
            {"type": "similarity", "score": "cosine", "pooling": pooling},
            {"spearman": spearmanr(cosines, gold).statistic, "pearson": pearsonr(cosines, gold).statistic},
        )


def normal(answer):
    """normalize_answer of SQuAD's script."""
    answer = "".join(c for c in answer.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", answer).split())


def f1(said, gold):
    a, b = normal(said).split(), normal(gold).split()
    common = sum((collections.Counter(a) & collections.Counter(b)).values())
    if not a or not b:
        return float(a == b)
    return 2 * common / (len(a) + len(b)) if common else 0.0


def questions(run, random):
    model = bert(hf.BertForQuestionAnswering)
    folder = export(run.folder / "questions", model, text_example(), ["start_logits", "end_logits"])
    tokens = tokenizer(folder, True)
    rows, exact, overlap = [], [], []
    for i in range(30):
        context, question = text(random, 5, 60), text(random, 2, 5)
        # Windows by hand: tokenizers 0.23 gives only the first two of a long context.
        inside = context.split(" ")
        places = np.cumsum([0] + [len(word) + 1 for word in inside])
        front = tokens(question, add_special_tokens=False).input_ids
        room = 24 - len(front) - 3
        best, said = -np.inf, ""
        for first in range(0, max(1, len(inside) - 6), room - 6):
            part = tokens(" ".join(inside[first : first + room]), add_special_tokens=False).input_ids
            ids = torch.tensor([[2] + front + [3] + part + [3]])
            types = torch.tensor([[0] * (len(front) + 2) + [1] * (len(part) + 1)])
            out = model(input_ids=ids, token_type_ids=types)
            at = len(front) + 2
            start = out.start_logits[0].detach().numpy()[at:-1]
            end = out.end_logits[0].detach().numpy()[at:-1]
            for s in range(len(part)):
                for e in range(s, min(len(part), s + 8)):
                    if start[s] + end[e] > best:
                        best = start[s] + end[e]
                        said = context[places[first + s] : places[first + e + 1] - 1]
        # Half of the answers are near what the model says.
        words = said.split(" ")
        gold = ["The " + " ".join(words[: max(1, len(words) - 1)]).upper(), text(random, 1, 4)] if i % 2 else [said]
        rows.append({"context": context, "question": question, "answers": json.dumps(gold)})
        exact.append(max(float(normal(said) == normal(g)) for g in gold))
        overlap.append(max(f1(said, g) for g in gold))
    run.task(
        "questions", folder, run.rows("questions", rows),
        {"type": "question-answering", "max_seq_length": 24, "stride": 6, "max_answer_length": 8, "n_best": 60},
        {"exact_match": float(np.mean(exact)), "f1": float(np.mean(overlap))},
    )


def images(run, random):
    config = hf.ViTConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, image_size=16,
        patch_size=4, num_labels=8, attn_implementation="eager",
    )
    model = spread(hf.ViTForImageClassification(config), 1.5)
    folder = export(run.folder / "vit", model, {"pixel_values": torch.zeros(2, 3, 16, 16)}, ["logits"])
    data = run.folder / "pictures"
    ranks = []
    arrays = []
    for i in range(40):
        gold = i % 8
        height, width = 16 + int(random.integers(30)), 16 + int(random.integers(30))
        picture = Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))
        (data / f"class-{gold}").mkdir(parents=True, exist_ok=True)
        picture.save(data / f"class-{gold}" / f"{i:03}.png")
        # torchvision's Resize(20), CenterCrop(16).
        size = (20, int(20 * height / width)) if width <= height else (int(20 * width / height), 20)
        small = picture.resize(size, Image.BILINEAR)
        left, top = int(round((small.width - 16) / 2)), int(round((small.height - 16) / 2))
        pixels = np.asarray(small.crop((left, top, left + 16, top + 16))).astype(np.float32)
        arrays.append((np.asarray(small.crop((left, top, left + 16, top + 16))), gold))
        pixels = ((pixels / 255 - [0.5, 0.4, 0.3]) / [0.2, 0.3, 0.4]).transpose(2, 0, 1)[None]
        logits = model(torch.tensor(pixels, dtype=torch.float32)).logits[0].detach().numpy()
        ranks.append(int(np.argsort(-logits).tolist().index(gold)))
    rule = {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4]}
    expected = {"top1": float(np.mean([r < 1 for r in ranks])), "top5": float(np.mean([r < 5 for r in ranks]))}
    run.task("image-folder", folder, data, {"type": "image-classification", "resize": 20, "crop": 16, **rule}, expected)
    np.save(run.folder / "x.npy", np.stack([a.transpose(2, 0, 1) for a, _ in arrays]))
    np.save(run.folder / "y.npy", np.array([g for _, g in arrays]))
    run.task("image-array", folder, run.folder / "x.npy", {"type": "image-classification", "label": "y.npy", **rule}, expected)


class Cached(torch.nn.Module):
    """A decoder whose cache is inputs and outputs."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, *past):
        layers = [(past[i], past[i + 1]) for i in range(0, len(past), 2)]
        cache = hf.DynamicCache()
        for i, (key, value) in enumerate(layers):
            cache.update(key, value, i)
        result = self.model(input_ids=input_ids, attention_mask=attention_mask, past_key_values=cache, use_cache=True)
        flat = []
        for layer in result.past_key_values.layers:
            flat += [layer.keys, layer.values]
        return (result.logits, *flat)


def decoding(run, random):
    config = hf.LlamaConfig(
        vocab_size=len(SPECIAL + WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        intermediate_size=32, max_position_embeddings=64, attn_implementation="eager", bos_token_id=2, eos_token_id=3,
        tie_word_embeddings=False,
    )
    model = spread(hf.LlamaForCausalLM(config), 1.5)
    folder = run.folder / "llama"
    folder.mkdir()
    tokens = tokenizer(folder, False)
    config.to_json_file(folder / "config.json", use_diff=False)
    ids = torch.tensor([[4, 5], [6, 7]])
    past = [torch.zeros(2, 2, 3, 4) for _ in range(4)]
    names = [f"past_key_values.{i}.{kind}" for i in range(2) for kind in ("key", "value")]
    presents = [n.replace("past_key_values", "present") for n in names]
    torch.onnx.export(
        Cached(model).eval(), (ids, torch.ones(2, 5, dtype=torch.long), *past), str(folder / "model.onnx"),
        input_names=["input_ids", "attention_mask", *names], output_names=["logits", *presents],
        dynamic_axes={
            "input_ids": {0: "batch", 1: "sequence"}, "attention_mask": {0: "batch", 1: "total"},
            "logits": {0: "batch", 1: "sequence"},
            **{n: {0: "batch", 2: "past"} for n in names}, **{n: {0: "batch", 2: "total"} for n in presents},
        },
        opset_version=17, dynamo=False,
    )
    rows, exact, overlap = [], [], []
    for i in range(30):
        prompt = text(random, 2, 9)
        prompt_ids = tokens(prompt, add_special_tokens=False, return_tensors="pt").input_ids
        out = model.generate(
            prompt_ids, attention_mask=torch.ones_like(prompt_ids), do_sample=False, max_new_tokens=8, pad_token_id=0
        )
        said = tokens.decode(out[0, prompt_ids.shape[1] :], skip_special_tokens=True)
        said = said.split("river")[0]
        answer = said.strip() if i % 3 else text(random, 1, 6)
        rows.append({"prompt": prompt, "answer": answer or "none"})
        exact.append(float(said.strip() == (answer or "none")))
        overlap.append(f1(said, answer or "none"))
    run.task(
        "greedy-cache", folder, run.rows("greedy", rows),
        {"type": "generation", "decoding": "greedy", "max_new_tokens": 8, "stop": ["river"]},
        {"exact_match": float(np.mean(exact)), "f1": float(np.mean(overlap))},
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fnprune", default=f"java -jar {ROOT}/target/fnprune.jar")
    parser.add_argument("--only", help="one of pairs, questions, images, decoding")
    args = parser.parse_args()
    print("| task | metric | Python | fnprune | difference |\n|---|---|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        run = Run(shlex.split(args.fnprune), Path(folder))
        for part in (pairs, questions, images, decoding):
            if args.only in (None, part.__name__):
                part(run, np.random.default_rng(5))
    if run.failed:
        sys.exit("a figure differs by more than 1e-4")


if __name__ == "__main__":
    main()
