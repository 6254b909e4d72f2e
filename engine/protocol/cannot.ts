import type { Cannot } from './results.ts';

/** Why there is no answer, in English. */
export function cannotText({ code, thing = '', languages = [] }: Cannot): string {
  switch (code) {
    case 'language':
      return `This model understands ${languages.map(nameOfLanguage).join(', ')} only. Use that language, or choose another model.`;
    case 'greeting':
      return 'Hello! Ask about what is shown or said in your recordings, as in “When does the dog appear?”';
    case 'statement':
      return 'That is a statement. Ask a question about your recordings, as in “Is there a dog?”';
    case 'incomplete':
      return 'The question seems to be cut short. Ask it in full, as in “What comes after the dog?”';
    case 'several':
      return 'These are several questions. Ask them one at a time.';
    case 'unknown-thing':
      return `Can’t tell from these recordings: this model has no words for “${thing}”.`;
    case 'unknown-question':
      return 'Can’t tell: this model can’t answer such a question.';
    case 'not-heard':
      return 'Nothing is known of what is said there: it has no captions and was not heard. Index it with speech, or put a subtitle file beside it.';
    case 'not-read':
      return 'What is written in the picture was not read yet. Index it with text.';
    case 'outside':
      return 'The recording isn’t that long.';
    case 'class-only':
      return `Can’t tell “${thing}” from others of its kind with this model.`;
    case 'unclear-footage':
      return `Can’t tell: in footage as full as this, this model doesn’t know “${thing}” for sure.`;
  }
}

function nameOfLanguage(code: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
}
