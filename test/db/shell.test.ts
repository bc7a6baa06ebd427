import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitStatements } from '../../db/shell.ts'

describe('splitStatements', () => {
  it.each([
    ['two statements', 'SELECT 1; SELECT 2;', ['SELECT 1;', 'SELECT 2;'], ''],
    ['one that goes on', 'SELECT 1; SELECT', ['SELECT 1;'], ' SELECT'],
    [
      'semicolons in strings and names',
      `SELECT ';', 'it''s;', ";", [;], \`;\`;`,
      [`SELECT ';', 'it''s;', ";", [;], \`;\`;`],
      '',
    ],
    ['a string that goes on', `SELECT ';`, [], `SELECT ';`],
    ['a comment after the last one', 'SELECT 1; -- done; really', ['SELECT 1;'], ''],
    ['a comment that goes on', 'SELECT 1; /* and ;', ['SELECT 1;'], ' /* and ;'],
    ['semicolons alone', ' ; ;; ', [], ''],
    [
      'CASE … END outside a trigger',
      'SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 3;',
      ['SELECT CASE 1 WHEN 1 THEN 2 END;', 'SELECT 3;'],
      '',
    ],
    [
      'a trigger that goes on',
      'CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1;',
      [],
      'CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1;',
    ],
    [
      'a whole trigger',
      'create temp trigger t after insert on x begin select 1; select case when 1 then 2 end; end; SELECT 1;',
      ['create temp trigger t after insert on x begin select 1; select case when 1 then 2 end; end;', 'SELECT 1;'],
      '',
    ],
  ])('cuts %s', (_, text, complete, rest) => {
    expect(splitStatements(text)).toEqual({ complete, rest })
  })

  it('finds the same statements in pieces as in one text, wherever it is torn', () => {
    const statement = fc.constantFrom(
      `SELECT 'a;b';`,
      'SELECT "x;" -- ;\n;',
      'SELECT /* ; */ 1;',
      'CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END;',
      `INSERT INTO t VALUES ('it''s; here');`,
    )
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 6 }), fc.nat(), (statements, at) => {
        const text = statements.join('\n')
        const first = splitStatements(text.slice(0, at % text.length))
        const second = splitStatements(first.rest + text.slice(at % text.length))
        expect([...first.complete, ...second.complete].map(whole => whole.replaceAll(/\s/g, ''))).toEqual(
          statements.map(whole => whole.replaceAll(/\s/g, '')),
        )
      }),
    )
  })
})
