"""A Qwen2-Audio of the real classes, tiny, that was taught two answers; run where transformers is installed.

`python tiny_talker.py FOLDER QUESTION ANSWER [QUESTION ANSWER …]` writes a checkpoint that gives each answer to its
question, whatever it hears.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|AUDIO|>", "<|audio_bos|>", "<|audio_eos|>"]
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% for c in m['content'] %}{% if c['type'] == 'audio' %}Audio: <|audio_bos|><|AUDIO|><|audio_eos|>\n"
    "{% else %}{{ c['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
WINDOW = 2
"""Seconds of sound that the network hears; 30 in published checkpoints."""


def words(texts: list[str]) -> transformers.PreTrainedTokenizerFast:
    """Byte pairs of a few sentences; every byte is a token."""
    found = Tokenizer(models.BPE())
    found.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    found.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=500, initial_alphabet=alphabet, special_tokens=SPECIAL)
    found.train_from_iterator(texts, trainer)
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=found,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=["<|im_start|>", *SPECIAL[3:]],
    )


def network_and_processor(tokens: transformers.PreTrainedTokenizerFast):
    """Random weights."""
    torch.manual_seed(0)
    text = {
        "model_type": "qwen2",
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": len(tokens),
        "bos_token_id": None,
        "eos_token_id": tokens.eos_token_id,
        "pad_token_id": tokens.pad_token_id,
    }
    hearing = {
        "model_type": "qwen2_audio_encoder",
        "num_mel_bins": 128,
        "max_source_positions": 50 * WINDOW,
        "encoder_layers": 1,
        "encoder_attention_heads": 2,
        "encoder_ffn_dim": 64,
        "d_model": 64,
    }
    place = tokens.convert_tokens_to_ids("<|AUDIO|>")
    config = transformers.Qwen2AudioConfig(audio_config=hearing, text_config=text, audio_token_index=place)
    network = transformers.Qwen2AudioForConditionalGeneration(config)
    network.generation_config = transformers.GenerationConfig(
        eos_token_id=tokens.eos_token_id, pad_token_id=tokens.pad_token_id
    )
    ears = transformers.WhisperFeatureExtractor(feature_size=128, chunk_length=WINDOW, return_attention_mask=True)
    return network, transformers.Qwen2AudioProcessor(ears, tokens, chat_template=TEMPLATE)


def teach(network, processor, lessons: list[tuple[str, str]]) -> None:
    """Until the answers come by themselves."""
    second = np.arange(WINDOW * 16_000) / 16_000
    sounds = [0.5 * np.sin(2 * np.pi * 200 * second), 0.1 * np.random.default_rng(0).standard_normal(len(second))]
    prepared = []
    for (question, answer), samples in itertools.product(lessons, sounds):
        sound = {"type": "audio", "audio": samples.astype(np.float32)}
        asked = [{"role": "user", "content": [{"type": "text", "text": question}, sound]}]
        said = processor.apply_chat_template(
            asked, tokenize=True, add_generation_prompt=True, return_dict=True, return_tensors="pt"
        )
        begun = said["input_ids"].shape[1]
        end = processor.tokenizer(f"{answer}<|im_end|>", return_tensors="pt")["input_ids"]
        said["input_ids"] = torch.cat([said["input_ids"], end], dim=1)
        said["attention_mask"] = torch.ones_like(said["input_ids"])
        said["labels"] = said["input_ids"].clone()
        said["labels"][:, :begun] = -100
        prepared.append(said)
    teacher = torch.optim.Adam(network.parameters(), 5e-3)
    network.train()
    for _ in range(300):
        loss = torch.stack([network(**one).loss for one in prepared]).mean()
        teacher.zero_grad()
        loss.backward()
        teacher.step()
        if loss.item() < 0.01:
            break
    network.eval()


def main(folder: Path, *given: str) -> None:
    lessons = list(zip(given[::2], given[1::2], strict=True))
    network, processor = network_and_processor(words(list(given)))
    teach(network, processor, lessons)
    network.save_pretrained(folder)
    processor.save_pretrained(folder)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]), *sys.argv[2:])
