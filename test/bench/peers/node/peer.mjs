// The benchmark's calls through AWS's SDK for JavaScript: peer.mjs OPERATION CALLS. Prints the microseconds of wall time
// and of CPU that a call took.
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({
  endpoint: process.env.DYNAMO_BENCH_ENDPOINT,
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
});

// The item of bench.c.
const item = {
  Artist: { S: 'Artist 00000' },
  SongTitle: { S: 'Song 00000' },
  Year: { N: '1969' },
  Price: { N: '9.99' },
  Plays: { N: '123456' },
  Live: { BOOL: false },
  Genres: { L: [{ S: 'rock' }, { S: 'folk' }] },
  Label: { M: { Name: { S: 'Parlophone' }, Country: { S: 'GB' } } },
  Note: { S: process.env.DYNAMO_BENCH_NOTE },
};

const operations = {
  async GetItem() {
    const key = { Artist: { S: 'Artist 00000' } };
    const found = await client.send(new GetItemCommand({ TableName: 'Music', Key: key }));
    if (found.Item === undefined) throw new Error('no item');
  },
  async PutItem() {
    await client.send(new PutItemCommand({ TableName: 'Music', Item: item }));
  },
  async Scan() {
    const page = await client.send(new ScanCommand({ TableName: 'Music' }));
    if (page.Items.length !== 3000) throw new Error('not 3,000 items');
  },
};

function cpuMicroseconds() {
  const usage = process.cpuUsage();
  return usage.user + usage.system;
}

const operation = operations[process.argv[2]];
const calls = Number(process.argv[3]);
for (let i = 0; i <= calls / 10; i++) await operation();
const cpu = cpuMicroseconds();
const begin = process.hrtime.bigint();
for (let i = 0; i < calls; i++) await operation();
const wall = Number(process.hrtime.bigint() - begin) / 1e3;
console.log((wall / calls).toFixed(3), ((cpuMicroseconds() - cpu) / calls).toFixed(3));
