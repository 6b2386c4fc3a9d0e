// A server that says back what it hears over WebSocket.
//
// usage: node echo.js ADDRESS PORT
//
// Needs the package `ws`; the scripts that start this say which version.

'use strict';

const { WebSocketServer } = require('ws');

const [address, port] = process.argv.slice(2);
const server = new WebSocketServer({ host: address, port: Number(port) });

server.on('listening', () => console.log('ready'));
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
