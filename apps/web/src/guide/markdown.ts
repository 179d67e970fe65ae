import MarkdownIt from 'markdown-it';

/** A second-level heading of a page, and its anchor. */
export interface Heading {
  id: string;
  text: string;
}

/** Markdown as HTML, and its sections. HTML in it is shown, not used; lines of comment are left out. */
export function renderMarkdown(source: string): { html: string; sections: Heading[] } {
  const env = {};
  const tokens = markdown.parse(source.replace(/^<!--.*-->\n/gm, ''), env);
  const sections = tokens.flatMap(({ type, tag }, i) => {
    const text = tokens[i + 1]?.content ?? '';
    return type === 'heading_open' && tag === 'h2'
      ? [{ id: slug(text), text: text.replaceAll('`', '') }]
      : [];
  });
  return { html: markdown.renderer.render(tokens, markdown.options, env), sections };
}

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });

// Links between the files are links between the pages: '../marteau-yml.md#load' → '/docs/marteau-yml#load'. What is
// published beside them (schemas, the example) keeps its name.
const PAGE = /^(?!\w+:)(?:[\w./-]*\/)?([\w-]+)\.md(#.*)?$/;
const PUBLISHED = /^(?!\w+:)(?:[\w./-]*\/)?(\.?[\w.-]+\.(?:json|example))$/;
markdown.normalizeLink = (
  (normalize) => (url: string) =>
    normalize(url.replace(PAGE, '/docs/$1$2').replace(PUBLISHED, '/docs/$1'))
)(markdown.normalizeLink);

// Headings can be linked to, as on GitHub.
markdown.renderer.rules.heading_open = (tokens, index, options, _env, renderer) => {
  const token = tokens[index];
  const text = tokens[index + 1]?.content ?? '';
  token?.attrSet('id', slug(text));
  return renderer.renderToken(tokens, index, options);
};

// A wide table or listing scrolls by itself, also by keyboard; who hears it is told by its heading what it is.
markdown.renderer.rules.table_open = (tokens, index) => {
  const heading = tokens.slice(0, index).findLastIndex(({ type }) => type === 'heading_open');
  const name = markdown.utils.escapeHtml(tokens[heading + 1]?.content.replaceAll('`', '') || 'Table');
  return `<div class="scroll" tabindex="0" role="group" aria-label="${name}"><table aria-label="${name}">\n`;
};
markdown.renderer.rules.table_close = () => '</table></div>\n';
// The head of a column that has none is an empty cell.
markdown.renderer.rules.th_open = (tokens, index, options, _env, renderer) => {
  if (tokens[index + 1]?.content === '') tokens[index]!.tag = tokens[index + 2]!.tag = 'td';
  return renderer.renderToken(tokens, index, options);
};
const fence = markdown.renderer.rules.fence;
markdown.renderer.rules.fence = (tokens, index, options, env, renderer) =>
  (fence?.(tokens, index, options, env, renderer) ?? '').replace(
    '<pre',
    '<pre tabindex="0" role="group" aria-label="Listing"',
  );

/** A heading's anchor. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
