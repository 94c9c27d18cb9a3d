import type { Random } from "@tamis/core";

/**
 * Draws titles made of English and French words, each once: a second “The Silent Harbor” is
 * “The Silent Harbor 2”. About one in three is French; some hold commas, quotes and apostrophes, as real ones do.
 */
export function filmTitles(random: Random): () => string {
  const uses = new Map<string, number>();
  return () => {
    const title = random.integer(3) === 0 ? french(random) : english(random);
    const times = (uses.get(title) ?? 0) + 1;
    uses.set(title, times);
    return times === 1 ? title : `${title} ${times}`;
  };
}

function english(random: Random): string {
  switch (random.integer(8)) {
    case 0:
      return `${pick(random, names)} and the ${pick(random, nouns)}`;
    case 1:
      return `${pick(random, nouns)} of ${pick(random, places)}`;
    case 2:
      return `${pick(random, names)}, ${pick(random, names)} & the ${pick(random, nouns)}`;
    case 3:
      return `A ${pick(random, nouns)} Called "${pick(random, names)}"`;
    default:
      return `The ${pick(random, adjectives)} ${pick(random, nouns)}`;
  }
}

function french(random: Random): string {
  return random.integer(5) === 0
    ? `${pick(random, sujets)}, ${pick(random, prénoms)} et moi`
    : `${pick(random, sujets)} ${pick(random, compléments)}`;
}

function pick(random: Random, words: readonly string[]): string {
  return words[random.integer(words.length)]!;
}

const list = (text: string): readonly string[] => text.split(/\s*\|\s*/);

const adjectives = list(
  "Silent | Golden | Last | Hidden | Broken | Distant | Electric | Frozen | Midnight | Crimson | Forgotten | Patient | " +
    "Restless | Burning | Second | Little | Invisible | Hollow | Wandering | Scarlet | Quiet | Paper | Secret | Endless | " +
    "Northern | Perfect | Borrowed | Lonely | Emerald | Reckless | Gentle | Savage",
);
const nouns = list(
  "Harbor | Garden | Detective | Winter | Mirror | Orchestra | River | Letter | Stranger | Lighthouse | Machine | Wedding | " +
    "Island | Promise | Circus | Planet | Daughter | Train | Kingdom | Clock | Storm | Theater | Canyon | Passenger | Echo | " +
    "Painter | Voyage | Neighbor | Frontier | Summer | Engine | Masquerade",
);
const places = list(
  "Avalon | Boston | Cairo | Dakota | Edinburgh | Fresno | Geneva | Havana | Istanbul | Jaipur | Kyoto | Lisbon | " +
    "Montréal | Málaga | Oslo | Prague | Québec | Reykjavík | São Paulo | Tromsø | Uppsala | Zürich",
);
const names = list(
  "Ada | Boris | Clara | Dmitri | Elena | Felix | Greta | Hugo | Iris | Jonas | Katya | Leo | Mabel | Nils | Olive | Pablo | " +
    "Quentin | Rosa | Stella | Tomás | Ursula | Vera | Zoë",
);
const sujets = list(
  "L'Été | Le Château | La Forêt | Le Théâtre | L'Évasion | La Rivière | Le Dîner | Les Héritiers | La Fenêtre | L'Île | " +
    "Le Voleur | La Maîtresse d'école | Le Café | Les Étoiles | L'Œil | La Lettre | Le Piège | La Fête | Le Garçon | Noël",
);
const compléments = list(
  "de la nuit | sans fin | du père Noël | des hirondelles | à Évian | de l'hôtel Bélair | sous la neige | d'André | " +
    "des cœurs perdus | de septembre | à l'envers | du bout du monde | de Françoise | près du fleuve | en Algérie | " +
    "de mon frère | du maréchal | au bois dormant | d'à côté | après l'orage",
);
const prénoms = list(
  "Hélène | François | Zoé | Gaël | Inès | Jérôme | Noémie | Maëlle | Théo | Anaïs | Rémi | Chloé",
);
