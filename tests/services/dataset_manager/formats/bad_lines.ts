/** A line that must be refused, and what is said of it. */
export type BadLine = readonly [line: string, message: string];

/** What no format takes. */
export const BAD_JSON: readonly BadLine[] = [
  [
    "{",
    "is not valid JSON: it goes on in the next line, and each line must be one JSON object " +
    "(jq -c . makes it one)",
  ],
  [
    "a,b,c",
    "is not valid JSON: it does not begin with {; a table must begin with the names of its " +
    "columns, those of burst_gpt_trace or azure_trace",
  ],
  ["some words", `is not valid JSON: Unexpected token 's', "some words" is not valid JSON`],
  [
    '{"text": "a"',
    "is not valid JSON: Expected ',' or '}' after property value at character 13",
  ],
  [
    "[1]",
    "is a list; each line must be one JSON object (jq -c '.[]' makes lines of a list)",
  ],
  ["null", "is not a JSON object"],
  ['"text"', "is not a JSON object"],
];

/** What is wrong in a turn, whatever the format; `text` is the first field's place. */
export const BAD_TURNS: readonly BadLine[] = [
  ["{}", "text: is missing"],
  ['{"text": null}', "text: is missing"],
  ['{"text": ""}', 'text: must be a text that is not empty, got ""'],
  ['{"text": 5}', "text: must be a text that is not empty, got 5"],
  ['{"text": ["a"]}', "text: must be a text that is not empty, got a list"],
  ['{"texts": []}', "texts: must be a list of texts, got an empty list"],
  ['{"texts": "a"}', 'texts: must be a list of texts, got "a"'],
  ['{"texts": ["a", ""]}', 'texts[1]: must be a text that is not empty, got ""'],
  ['{"texts": ["a", {}]}', "texts[1].contents: must be a list of texts, got nothing"],
  [
    '{"texts": [{"name": "q", "contents": ["a", 7]}]}',
    "texts[0].contents[1]: must be a text that is not empty, got 7",
  ],
  ['{"text": "a", "texts": ["b"]}', "texts: must not be given beside text"],
  ['{"text": "a", "role": 1}', "role: must be a text that is not empty, got 1"],
  ['{"text": "a", "timestamp": -1}', "timestamp: must be a number of at least 0, got -1"],
  ['{"text": "a", "timestamp": "0"}', 'timestamp: must be a number of at least 0, got "0"'],
  ['{"text": "a", "delay": -0.5}', "delay: must be a number of at least 0, got -0.5"],
  ['{"text": "a", "delay": true}', "delay: must be a number of at least 0, got true"],
  ['{"text": "a", "delay": 1, "timestamp": 1}', "delay: must not be given beside timestamp"],
  [
    '{"text": "a", "output_length": 0}',
    "output_length: must be a whole number of at least 1, got 0",
  ],
  [
    '{"text": "a", "output_length": 1.5}',
    "output_length: must be a whole number of at least 1, got 1.5",
  ],
  [
    '{"text": "a", "image": "none.png"}',
    'image: "none.png" does not exist',
  ],
  [
    '{"text": "a", "images": ["http://host/a.png", 3]}',
    "images[1]: must be a URL, a data URI or the path of a file, got 3",
  ],
  [
    '{"text": "a", "audios": ["a.wav", ""]}',
    'audios[1]: must be a URL, a data URI or the path of a file, got ""',
  ],
  ['{"text": "a", "video": "no.mp4"}', 'video: "no.mp4" does not exist'],
  ['{"text": "a", "extra": 1}', "extra: must be an object, got 1"],
  ['{"text": "a", "extra": {"stream": true}}', "extra.stream: must not be set; use --streaming"],
  ['{"text": "a", "model": 7}', "model: must be a text that is not empty, got 7"],
  ['{"text": "a", "passages": []}', "passages: must be a list of texts, got an empty list"],
  [
    '{"text": "a", "passages": ["b", 1]}',
    "passages[1]: must be a text that is not empty, got 1",
  ],
];
