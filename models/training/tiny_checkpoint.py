"""Makes a Hugging Face checkpoint of a family, as small as they get, with random weights in bfloat16.

    python models/training/tiny_checkpoint.py qwen2_5_vl tests/fixtures/qwen2.5-vl/checkpoint   (transformers 4.50.0)
    python models/training/tiny_checkpoint.py qwen3_vl tests/fixtures/qwen3-vl/checkpoint       (transformers 4.57.1)

The tokenizer is the one of tests/fixtures/hope. record_fixture.py then records what transformers computes with it.
"""

import argparse
import json
import pathlib
import shutil

import torch
import transformers

HOPE = pathlib.Path(__file__).parents[2] / "tests/fixtures/hope/checkpoint"
IDS = {"vision_start_token_id": 316, "vision_end_token_id": 317, "image_token_id": 318, "video_token_id": 319}
TEXT = {"vocab_size": 320, "hidden_size": 32, "intermediate_size": 48, "num_key_value_heads": 2,
        "rms_norm_eps": 1e-6, "max_position_embeddings": 32_768, "bos_token_id": 313, "eos_token_id": 315}
VISION = {"hidden_size": 16, "num_heads": 2, "intermediate_size": 24, "out_hidden_size": 32, "patch_size": 4}


def qwen2_5_vl():
    """Three vision blocks, of which the middle one sees beyond its window of 2 x 2 visual tokens."""
    return transformers.Qwen2_5_VLConfig(
        **TEXT, **IDS, num_hidden_layers=2, num_attention_heads=2, rope_theta=10_000.0,
        rope_scaling={"type": "mrope", "mrope_section": [2, 3, 3]}, tie_word_embeddings=False,
        vision_config={**VISION, "depth": 3, "window_size": 16, "fullatt_block_indexes": [1], "tokens_per_second": 5},
    )


def qwen3_vl():
    """Heads wider than the model's share, a tied output matrix, features of two of four vision blocks."""
    return transformers.Qwen3VLConfig(
        **IDS, tie_word_embeddings=True,
        # transformers 4.57.1 ties by the inner config alone.
        text_config={**TEXT, "tie_word_embeddings": True, "num_hidden_layers": 3, "num_attention_heads": 4, "head_dim": 16, "rope_theta": 20_000.0,
                     "rope_scaling": {"rope_type": "default", "mrope_section": [3, 3, 2], "mrope_interleaved": True}},
        vision_config={**VISION, "depth": 4, "num_position_embeddings": 25, "deepstack_visual_indexes": [0, 2]},
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("family", choices=("qwen2_5_vl", "qwen3_vl"))
    parser.add_argument("folder", type=pathlib.Path)
    given = parser.parse_args()
    torch.manual_seed(20_505)
    config = globals()[given.family]()
    name = {"qwen2_5_vl": "Qwen2_5_VL", "qwen3_vl": "Qwen3VL"}[given.family]
    model = getattr(transformers, f"{name}ForConditionalGeneration")(config)
    with torch.no_grad():
        for parameter_name, parameter in model.named_parameters():
            norm = "norm" in parameter_name or "ln_q" in parameter_name
            middle = 1 if norm and parameter_name.endswith("weight") else 0
            parameter.copy_(middle + 0.15 * torch.randn_like(parameter))
    model.to(torch.bfloat16).save_pretrained(given.folder)
    shutil.copy(HOPE / "tokenizer.json", given.folder / "tokenizer.json")
    settings = {"patch_size": 4, "temporal_patch_size": 2, "merge_size": 2}
    if given.family == "qwen3_vl":
        settings |= {"size": {"shortest_edge": 64, "longest_edge": 65_536},
                     "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    else:
        settings |= {"min_pixels": 64, "max_pixels": 65_536}
    (given.folder / "preprocessor_config.json").write_text(json.dumps(settings, indent=1) + "\n")


if __name__ == "__main__":
    main()
