"""Pure rendering: messages, forms and sentences made from values, without a word to Discord."""
