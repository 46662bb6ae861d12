// Fetches poems from several servers at once, prints them, and exits: tachost --nodaemon deployments/poetry-client.csx
#:package FastPoetry.Services
using FastPoetry.Services;

// configuration parameters
var servers = new[] { "tcp:localhost:10000", "tcp:localhost:10001", "tcp:localhost:10002" };

// one client for each server
var clients = servers.Select(server => new PoetryClient(server)).ToArray();

// fetches them at once; ends the process with exit code 0 if every poem was received, otherwise 69
var reading = new PoetryReading(clients);

// the one name that the host looks for
var application = new Application("poetry-client");
reading.SetServiceParent(application);
