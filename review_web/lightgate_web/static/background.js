// How a page is asked for that the person does not come to: the server keeps for a later one what it has to say.

export const BACKGROUND = { headers: { Accept: "text/html", "X-In-Background": "1" } };
