// Opens a database and migrates it: `migrator.mts <url>`; prints the migrations it applied, one a line.
import { migrate } from '../../../db/migrate.ts'
import { openDatabase } from '../../../db/open.ts'

const { database, migrations } = await openDatabase(process.argv[2] ?? '')
for (const name of await migrate(database, migrations)) process.stdout.write(`${name}\n`)
await database.close()
