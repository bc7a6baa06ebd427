import { ConfigSchema, SECRETS } from '../../plugins/config.ts'

/** What a variable's schema says of it, as far as a reader wants to know. */
interface Described {
  readonly default?: string | number
  readonly description?: string
}

/** `docs/configuration.md`: every variable with what is expected of it, as the schema has them. Markdown. */
export function configurationPage(): string {
  const properties: Readonly<Record<string, Described>> = ConfigSchema.properties
  const rows = Object.entries(properties).map(([name, described]) => rowOf(name, described))
  return [
    '# Configuration',
    '',
    'Made by `npm run docs:configuration` out of the schema in `plugins/config.ts`. Variables come from the environment and',
    'from the file `.env`; every mistake is told at once when the program starts. An empty variable counts as none.',
    '',
    '| Variable | Default | Expected |',
    '| --- | --- | --- |',
    ...rows,
    '',
    `A secret can be named by a file in place of its value: ${SECRETS.map(name => `\`${name}_FILE\``).join(', ')}.`,
    '',
  ].join('\n')
}

function rowOf(name: string, { default: fallback, description = '' }: Described): string {
  const told = fallback === undefined || fallback === '' ? '' : `\`${fallback}\``
  return `| \`${name}\` | ${told} | ${description.replaceAll('|', '\\|')} |`
}
