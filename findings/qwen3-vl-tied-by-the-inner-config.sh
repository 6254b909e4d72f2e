#!/bin/sh
# transformers 4.57.1: Qwen3VLConfig(tie_word_embeddings=True) ties nothing; only the text_config's own field does.
#
# Seen with Python 3.11, torch 2.13.0 (CPU). A model made of a config that says tie_word_embeddings=True at the top has an
# output matrix of its own, saves it as lm_head.weight, and writes "tie_word_embeddings": true into config.json beside it.
# With the same field in text_config it is tied, and lm_head.weight is not saved. Whoever reads such a checkpoint by its
# config alone gets other logits than the library: look whether lm_head.weight is there, and whether it differs.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 transformers==4.57.1
cat > "$folder/tied.py" <<'PY'
import json, pathlib, sys, transformers
from safetensors import safe_open
text = {"vocab_size": 32, "hidden_size": 32, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 2, "head_dim": 16,
        "rope_scaling": {"rope_type": "default", "mrope_section": [3, 3, 2], "mrope_interleaved": True}}
vision = {"depth": 1, "hidden_size": 16, "num_heads": 2, "intermediate_size": 16, "out_hidden_size": 32, "patch_size": 4,
          "num_position_embeddings": 16, "deepstack_visual_indexes": []}
for name, inner in (("outer", {}), ("inner", {"tie_word_embeddings": True})):
    folder = pathlib.Path(sys.argv[1]) / name
    config = transformers.Qwen3VLConfig(text_config={**text, **inner}, vision_config=vision, tie_word_embeddings=True)
    transformers.Qwen3VLForConditionalGeneration(config).save_pretrained(folder)
    said = json.loads((folder / "config.json").read_text())["tie_word_embeddings"]
    with safe_open(folder / "model.safetensors", "pt") as file:
        print(name, "config.json says", said, "lm_head.weight is saved:", "lm_head.weight" in file.keys())
PY
seen=$("$folder/venv/bin/python" "$folder/tied.py" "$folder" 2>/dev/null)
echo "$seen"
test "$seen" = "outer config.json says True lm_head.weight is saved: True
inner config.json says True lm_head.weight is saved: False"
