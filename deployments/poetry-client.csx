// Fetches poems from several servers at once, prints them, and is done: tachost --nodaemon deployments/poetry-client.csx
#r "FastPoetry.Services.dll"
using FastPoetry.Services;

// configuration parameters
var servers = new[] { "tcp:localhost:10000", "tcp:localhost:10001", "tcp:localhost:10002" };

// one client for each server
var clients = servers.Select(server => new PoetryClient(server)).ToArray();

// lets them fetch at once; ends the process with exit code 0 if every poem came, and 69 if not
var reading = new PoetryReading(clients);

// the one name that the host looks for
var application = new Application("poetry-client");
reading.SetServiceParent(application);
