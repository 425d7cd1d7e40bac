"""Runs an export with ONNX Runtime on seeded inputs."""
import contextlib
import json
import pathlib
import tempfile

import numpy as np
import onnx
import onnxruntime as ort

TYPES = {
    "tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(float)": np.float32,
    "tensor(float16)": np.float16, "tensor(bool)": np.bool_, "tensor(uint8)": np.uint8, "tensor(int8)": np.int8}
SHAPES = ((2, 7), (1, 5), (3, 17))
LEVELS = {
    "all": ort.GraphOptimizationLevel.ORT_ENABLE_ALL, "extended": ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "basic": ort.GraphOptimizationLevel.ORT_ENABLE_BASIC, "none": ort.GraphOptimizationLevel.ORT_DISABLE_ALL}


def session(model, level="all", save=None):
    """A CPU session of a path or of serialised bytes."""
    options = ort.SessionOptions()
    # Without it, processors that lack VNNI add pairs of int8 products in 16 bits, where they overflow; which pairs there
    # are changes when channels go.
    options.add_session_config_entry("session.x64quantprecision", "1")
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.graph_optimization_level = LEVELS[level]
    if save:
        options.optimized_model_filepath = str(save)
    return ort.InferenceSession(model if isinstance(model, bytes) else str(model), options,
                                providers=["CPUExecutionProvider"])


@contextlib.contextmanager
def stored(model):
    """A path of the model for as long as it is needed; weights beside it where protobuf would be too small."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.onnx"
        onnx.save(model, path, save_as_external_data=model.ByteSize() > 1 << 30, location="model.data")
        yield path


def is_cache(name):
    """Whether an input is a cache tensor."""
    return "past" in name and "use_cache" not in name


def present(name):
    """The output that continues a cache input."""
    return name.replace("past_key_values", "present").replace("past_", "present_")


def head_size(path):
    """The head size that a GenAI folder's configuration names, for caches whose last axis is symbolic."""
    config = pathlib.Path(path).with_name("genai_config.json")
    return json.loads(config.read_text())["model"]["decoder"]["head_size"] if config.exists() else None


def feeds(inputs, batch, length, past=0, seed=0, vocab=20, head_size=None):
    """Seeded inputs for session inputs: token ids, a full mask, a cache of `past` positions, pixels."""
    rng = np.random.default_rng(seed)
    cached = any(is_cache(i.name) for i in inputs)
    past = past if cached else 0
    made = {}
    for i in inputs:
        if i.name == "input_ids":
            value = rng.integers(3, vocab, (batch, length))
        elif i.name == "attention_mask":
            value = np.ones((batch, past + length))
        elif i.name == "token_type_ids":
            value = np.zeros((batch, length))
        elif i.name == "position_ids":
            value = np.tile(np.arange(past, past + length), (batch, 1))
        elif i.name == "use_cache_branch":
            value = np.array([past > 0])
        elif is_cache(i.name):
            value = rng.standard_normal(cache_shape(i, batch, past, head_size))
        else:
            value = rng.standard_normal([batch] + [d if isinstance(d, int) else 1 for d in i.shape[1:]])
        made[i.name] = value.astype(TYPES[i.type])
    return made


def cache_shape(i, batch, past, head_size):
    """[b, heads, s, size], or [2, b, heads, s, size] for one tensor of keys and values."""
    shape = list(i.shape)
    at = 1 if len(shape) == 5 else 0
    shape[at], shape[-2] = batch, past
    if not isinstance(shape[-1], int):
        shape[-1] = head_size
    return shape


def runs(path, vocab, head_size=None):
    """The (batch, sequence, past) triples at which the model runs and gives finite numbers."""
    s = session(path)
    cached = any(is_cache(i.name) for i in s.get_inputs())
    ran, failure = [], None
    for batch, length in SHAPES:
        for past in ((0, 5) if cached else (0,)):
            try:
                out = s.run(None, feeds(s.get_inputs(), batch, length, past, batch, vocab, head_size))
            except Exception as e:
                failure = e
                continue
            if all(np.isfinite(o.astype(np.float32)).all() for o in out) and out[0].shape[0] == batch:
                ran.append([batch, length, past])
            else:
                failure = ValueError(f"outputs {[o.shape for o in out]} not finite or of another batch size")
    if cached:
        batch, length, past = 2, 1, 5
        try:
            s.run(None, feeds(s.get_inputs(), batch, length, past, batch, vocab, head_size))
            ran.append([batch, length, past])
        except Exception as e:
            failure = e
    return ran, failure
