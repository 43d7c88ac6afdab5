// A session of a sketch: the library `wekinator` (npm), written for Wekinator, teaches, trains, plays and says what it heard.
// node session.js PORT_OF_INPUTS PORT_OF_OUTPUTS; prints a line of JSON: for each step whether it went as it should.
'use strict';
const Wekinator = require('wekinator');

const [port, ours] = process.argv.slice(2).map(Number);
const wekinator = new Wekinator('127.0.0.1', port, ours);
const heard = [];
const results = {};
const DATA = [
  { inputs: [0.2, 0.2], outputs: [0.1, 0.9] },
  { inputs: [0.8, 0.8], outputs: [0.7, 0.3] },
];

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const near = (found, wanted) => found.length === wanted.length && found.every((value, n) => Math.abs(value - wanted[n]) < 0.03);

/** Waits until what was heard since a moment meets a condition, at most ten seconds, doing something in between. */
async function until(condition, meanwhile = () => {}) {
  heard.length = 0;
  for (let tries = 0; tries < 200; tries += 1) {
    meanwhile();
    await pause(50);
    if (heard.some(condition)) return true;
  }
  return false;
}

const outputsAre = (wanted) => ({ address, args }) => address === '/wek/outputs' && near(args, wanted);
const plays = (inputs, wanted) => until(outputsAre(wanted), () => wekinator.inputs(inputs));

/** Whether nothing is sent for half a second, though inputs come. */
async function silent() {
  await pause(300);
  heard.length = 0;
  for (let n = 0; n < 10; n += 1) {
    wekinator.inputs([0.2, 0.2]);
    await pause(50);
  }
  return heard.length === 0;
}

async function session() {
  const rows = [];
  for (let n = 0; n < 30; n += 1) rows.push(...DATA);
  const trained = until(({ address }) => address === '/wekinator/status/done-training');
  wekinator.trainOnData(rows); // start, then values and inputs in turn, stop, train: all at once
  results.trainOnData = await trained;
  for (const [n, { inputs, outputs }] of DATA.entries()) results[`plays ${n + 1}`] = await plays(inputs, outputs);
  wekinator.stopRunning();
  results.stopRunning = await silent();
  wekinator.startRunning();
  results.startRunning = await plays(DATA[0].inputs, DATA[0].outputs);
  wekinator.outputs([0.25, 0.75]);
  results.outputs = await plays(DATA[0].inputs, [0.25, 0.75]);
  wekinator.startRunning(); // what is held is let go
  results['outputs are let go'] = await plays(DATA[1].inputs, DATA[1].outputs);
  wekinator.disableModelRunning([2]);
  await pause(500); // it is written to the disk first
  results.disableModelRunning = await plays(DATA[0].inputs, [DATA[0].outputs[0], DATA[1].outputs[1]]);
  wekinator.enableModelRunning([2]);
  results.enableModelRunning = await plays(DATA[0].inputs, DATA[0].outputs);
  wekinator.disableModelRecording([1]);
  wekinator.enableModelRecording([1]);
  wekinator.setInputNames(['x', 'y']);
  await pause(500);
  wekinator.setOutputNames(['left', 'right']);
  await pause(500);
  wekinator.cancelTrain();
  // The library's own selectInputsForOutput sends the number of its arguments; so does this, as it should be.
  wekinator.queuePush({ address: '/wekinator/control/selectInputsForOutput', args: [2, 1] });
  const second = ({ address, args }) => address === '/wek/outputs' && near(args.slice(1), DATA[0].outputs.slice(1));
  results.selectInputsForOutput = await until(second, () => wekinator.inputs([DATA[0].inputs[0], 0.5]));
  wekinator.startDtwRecording(1);
  for (let n = 0; n <= 30; n += 1) {
    wekinator.inputs([n / 30, 0.5]);
    await pause(20);
  }
  wekinator.stopDtwRecording();
  await pause(1000);
  wekinator.deleteAllExamples();
  await pause(500);
  process.stdout.write(`${JSON.stringify(results)}\n`);
  process.exit(0);
}

wekinator.connect(() => {
  wekinator.on('message', (message) => heard.push(message));
  wekinator.on('ready', session);
});
