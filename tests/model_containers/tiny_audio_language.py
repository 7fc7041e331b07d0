"""Tiny checkpoints of the real architectures, made without a download; run where transformers is installed.

`python tiny_audio_language.py FOLDER` makes FOLDER/musicflamingo, audioflamingo3 and qwen2_audio with random weights
and FOLDER/taught: a Qwen2-Audio that was taught to answer three questions with the words of `LESSONS`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import tiny_adapter
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

MARKS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
SOUND_MARKS = {
    "qwen2_audio": ["<|AUDIO|>", "<|audio_bos|>", "<|audio_eos|>"],
    "flamingo": ["<sound>", "<|sound_bos|>", "<|sound_eos|>"],
}
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% for c in m['content'] %}{% if c['type'] == 'audio' %}SOUND{% else %}{{ c['text'] }}{% endif %}{% endfor %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
WINDOW = 4
"""Seconds of a window of sound; the published checkpoints have 30, which would take long on a processor."""
LESSONS = {
    "Describe": "<think>I hear a hiss.</think>A lo-fi track with vinyl crackle.",
    "Which of these": "piano, shoegaze",
    "Describe what happens": "[0:00 - 0:01] A piano. [0:01 - 0:09] Rain. [1:00] Nothing.",
}


def tokenizer(marks: list[str]) -> transformers.PreTrainedTokenizerFast:
    """Byte pairs learned from a sentence or two; every byte is a token."""
    found = Tokenizer(models.BPE())
    found.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    found.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=[*MARKS, *marks]
    )
    found.train_from_iterator(["describe the sound of this recording", *LESSONS.values()], trainer)
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=found,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=["<|im_start|>", *marks],
    )


def make(kind: str):
    """A random network of an architecture, and its processor."""
    torch.manual_seed(0)
    marks = SOUND_MARKS["qwen2_audio" if kind == "qwen2_audio" else "flamingo"]
    words = tokenizer(marks)
    ids = [words.convert_tokens_to_ids(mark) for mark in marks]
    layers = {"num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128, "hidden_size": 64}
    text = {
        **layers,
        "model_type": "qwen2",
        "num_key_value_heads": 2,
        "vocab_size": len(words),
        "max_position_embeddings": 8192,
        "bos_token_id": None,
        "eos_token_id": words.eos_token_id,
        "pad_token_id": words.pad_token_id,
    }
    hearing = {"num_mel_bins": 128, "max_source_positions": 50 * WINDOW}
    ears = transformers.WhisperFeatureExtractor(feature_size=128, chunk_length=WINDOW, return_attention_mask=True)
    if kind == "qwen2_audio":
        sizes = {"encoder_layers": 2, "encoder_attention_heads": 2, "encoder_ffn_dim": 128, "d_model": 64}
        config = transformers.Qwen2AudioConfig(
            audio_config={"model_type": "qwen2_audio_encoder", **hearing, **sizes},
            text_config=text,
            audio_token_index=ids[0],
        )
        template = TEMPLATE.replace("SOUND", "Audio: <|audio_bos|><|AUDIO|><|audio_eos|>\n")
        network = transformers.Qwen2AudioForConditionalGeneration(config)
        processor = transformers.Qwen2AudioProcessor(ears, words, chat_template=template)
    else:
        parts = {
            "audio_config": {"model_type": "audioflamingo3_encoder", **hearing, **layers},
            "text_config": text,
            "audio_token_id": ids[0],
        }
        template = TEMPLATE.replace("SOUND", "<sound>")
        if kind == "audioflamingo3":
            network = transformers.AudioFlamingo3ForConditionalGeneration(transformers.AudioFlamingo3Config(**parts))
            processor = transformers.AudioFlamingo3Processor(ears, words, chat_template=template)
        else:
            config = transformers.MusicFlamingoConfig(**parts, audio_bos_token_id=ids[1], audio_eos_token_id=ids[2])
            network = transformers.MusicFlamingoForConditionalGeneration(config)
            processor = transformers.MusicFlamingoProcessor(ears, words, chat_template=template)
    network.generation_config = transformers.GenerationConfig(
        eos_token_id=words.eos_token_id, pad_token_id=words.pad_token_id
    )
    return network, processor


def teach(network, processor, questions: dict[str, str]) -> None:
    """Teach the network the answers, whatever it hears."""
    random = np.random.default_rng(0)
    network.train()
    teacher = torch.optim.Adam(network.parameters(), 5e-3)
    prepared = []
    for question, answer in questions.items():
        sound = {"type": "audio", "audio": random.standard_normal(32_000).astype(np.float32) * 0.1}
        asked = [{"role": "user", "content": [sound, {"type": "text", "text": question}]}]
        said = processor.apply_chat_template(
            asked, tokenize=True, add_generation_prompt=True, return_dict=True, return_tensors="pt"
        )
        end = processor.tokenizer(answer + "<|im_end|>", return_tensors="pt")["input_ids"]
        begun = said["input_ids"].shape[1]
        said["input_ids"] = torch.cat([said["input_ids"], end], dim=1)
        said["attention_mask"] = torch.ones_like(said["input_ids"])
        said["labels"] = said["input_ids"].clone()
        said["labels"][:, :begun] = -100
        prepared.append(said)
    for _ in range(150):
        losses = [network(**one).loss for one in prepared]
        loss = torch.stack(losses).mean()
        teacher.zero_grad()
        loss.backward()
        teacher.step()
        if loss.item() < 0.02:
            break
    network.eval()


def main(folder: Path) -> None:
    """Write the four checkpoints."""
    for kind in ("musicflamingo", "audioflamingo3", "qwen2_audio"):
        network, processor = make(kind)
        network.save_pretrained(folder / kind)
        processor.save_pretrained(folder / kind)
        if kind == "audioflamingo3":
            tiny_adapter.write(folder / kind, network)
    from model_containers.audio_language import app, configuration

    questions = {
        configuration.CAPTION_PROMPT: LESSONS["Describe"],
        app.tag_prompt(("piano", "drums")): LESSONS["Which of these"],
        app.TIMED_PROMPT: LESSONS["Describe what happens"],
    }
    teach(network, processor, questions)
    network.save_pretrained(folder / "taught")
    processor.save_pretrained(folder / "taught")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]))
