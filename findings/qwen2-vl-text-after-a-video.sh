#!/bin/sh
# transformers: where text goes on after a video in Qwen2-VL depends on the version.
#
# Seen with Python 3.11, torch 2.13.0 (CPU). A prompt of three words, a mark, a video of 8 temporal patches of one visual
# token each, a mark and two words:
#   transformers 4.50.0: the mark after the video has position 12: one more than the largest id of all three rows (the
#     video's time ids are 4 to 11). That is what Qwen2-VL and Qwen2.5-VL came out with.
#   transformers 5.24.0: it has position 5, the video's start + max(rows, columns), whatever its time ids are. Words after a
#     video that has more temporal patches than rows or columns share positions with it.
# A conversion that is compared with a later transformers looks wrong where it is right. Compare with 4.50.0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/old"
"$folder/old/bin/pip" install -q torch==2.13.0 transformers==4.50.0
python3 -m venv "$folder/new"
# PyTorch is large: the second environment borrows it.
"$folder/old/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])' \
  > "$("$folder/new/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/torch.pth"
"$folder/new/bin/pip" install -q --ignore-installed --no-deps transformers==5.24.0
"$folder/new/bin/pip" install -q --ignore-installed huggingface-hub==1.31.0 tokenizers==0.23.3 safetensors==0.8.0 typer
cat > "$folder/positions.py" <<'PY'
import inspect, torch, transformers
vision = {"depth": 1, "embed_dim": 16, "hidden_size": 32, "num_heads": 2, "mlp_ratio": 2}
text = {"vocab_size": 32, "hidden_size": 32, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 2}
rope = {"type": "mrope", "rope_type": "default", "mrope_section": [2, 3, 3], "rope_theta": 10000.0}
ids = {"vision_start_token_id": 28, "vision_end_token_id": 29, "image_token_id": 30, "video_token_id": 31}
old = transformers.__version__.startswith("4.")
config = transformers.Qwen2VLConfig(vision_config=vision, **ids, **(
    {**text, "rope_scaling": rope} if old else {"text_config": {**text, "rope_parameters": rope}}))
model = transformers.Qwen2VLForConditionalGeneration(config)
index = getattr(model, "get_rope_index", None) or model.model.get_rope_index
tokens = torch.tensor([[1, 2, 3, 28] + [31] * 8 + [29, 4, 5]])
more = {"mm_token_type_ids": (tokens == 31).int() * 2} if "mm_token_type_ids" in inspect.signature(index).parameters else {}
positions, _ = index(tokens, video_grid_thw=torch.tensor([[8, 2, 2]]), **more)
print(int(positions[0, 0, 12]))
PY
old=$("$folder/old/bin/python" "$folder/positions.py" 2>/dev/null)
new=$("$folder/new/bin/python" "$folder/positions.py" 2>/dev/null)
echo "position of the mark after the video: $old with transformers 4.50.0, $new with 5.24.0"
test "$old" = 12 && test "$new" = 5
