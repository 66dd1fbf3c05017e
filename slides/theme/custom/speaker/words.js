// What the speaker view says, in the talk's language.

const SPACE = '\u00a0';

// 83 s: 1:23, as a clock shows them.
export function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const [h, m, s] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  const two = (number) => String(number).padStart(2, '0');
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// 83 s: 1 min 23 s; from an hour on, no seconds.
function length(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const [h, min, s] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  const parts = h ? { h, min } : { min, s };
  return Object.entries(parts).filter(([, number]) => number)
    .map(([unit, number]) => `${number}${SPACE}${unit}`).join(SPACE) || `0${SPACE}s`;
}

const plural = (count, word) => `${count}${SPACE}${word}${count > 1 ? 's' : ''}`;

const WORDS = {
  fr: {
    view: 'Vue de l’orateur',
    current: 'À l’écran',
    black: 'écran noir',
    next: 'Ensuite',
    end: 'Ensuite : la fin',
    after: (count) => `Ensuite, après ${plural(count, 'fragment')}`,
    hidden: 'pas encore montré',
    notes: 'Notes',
    more: 'suite plus bas ↓',
    slide: 'Cette diapo',
    talk: 'Exposé',
    planned: 'prévu ici',
    reset: 'Remettre à l’heure',
    resetHelp: 'Repartir comme si l’exposé était à l’heure ici',
    waiting: 'pas commencé',
    onTime: 'à l’heure',
    early: (time) => `en avance de ${length(time)}`,
    late: (time) => `en retard de ${length(time)}`,
    lost: 'Les diapos sont fermées, ou se rechargent.',
  },
  en: {
    view: 'Speaker view',
    current: 'On screen',
    black: 'black screen',
    next: 'Next',
    end: 'Next: the end',
    after: (count) => `Next, after ${plural(count, 'fragment')}`,
    hidden: 'not shown yet',
    notes: 'Notes',
    more: 'more below ↓',
    slide: 'This slide',
    talk: 'Talk',
    planned: 'planned here',
    reset: 'Set to on time',
    resetHelp: 'Go on as if the talk were on time here',
    waiting: 'not started',
    onTime: 'on time',
    early: (time) => `${length(time)} ahead`,
    late: (time) => `${length(time)} behind`,
    lost: 'The slides are closed, or being reloaded.',
  },
};

export const wordsOf = (lang) => WORDS[lang] || WORDS.en;
