// A server that tells the weather over WebSocket, compressed with permessage-deflate (RFC 7692) where that is worth it.
//
// usage: node websocket_compressed.js ADDRESS PORT
//
// Needs the package `ws`; websocket_compressed.sh says which version.

'use strict';

const { WebSocketServer } = require('ws');

const [address, port] = process.argv.slice(2);
const server = new WebSocketServer({ host: address, port: Number(port), perMessageDeflate: true });

server.on('listening', () => console.log('ready'));
server.on('connection', (socket) => {
  say(socket, { hello: 'weather' });
  socket.on('message', (data, isBinary) => answer(socket, data, isBinary));
});

function answer(socket, data, isBinary) {
  if (isBinary) {
    socket.send(data);
    return;
  }
  const asked = JSON.parse(data);
  if (asked.ask === 'ping') {
    socket.ping('still there?', false);
    socket.once('pong', () => say(socket, { pong: true }));
  } else if (asked.ask === 'forecast') {
    for (let day = 1; day <= 3; day += 1) {
      say(socket, { city: asked.city, day, sky: 'cloudy', temperature: 10 + day, wind: { from: 'north-west', speed: 4 * day } });
    }
  } else {
    say(socket, { echo: asked });
  }
}

// What is short goes as it is: compressed it would hardly be shorter.
function say(socket, value) {
  const text = JSON.stringify(value);
  socket.send(text, { compress: text.length > 40 });
}
