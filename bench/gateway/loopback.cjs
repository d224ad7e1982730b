// Portkey has no option for the address it listens on; loaded before it, this keeps it on the loopback.
const net = require('node:net');
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'number' && typeof args[1] !== 'string') args.splice(1, 0, '127.0.0.1');
  else if (args[0]?.port !== undefined && !args[0].host) args[0].host = '127.0.0.1';
  return listen.apply(this, args);
};
