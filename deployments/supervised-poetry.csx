// A poem whose services are restarted when they fail, with a limit on how often.
#:package FastPoetry.Services
using FastPoetry.Services;

// a listener relies on the poem: when the poem's service fails, both are restarted, in order
var top = new Supervisor(RestartStrategy.RestForOne, maxRestarts: 5, within: TimeSpan.FromMinutes(1));

var poetryService = new PoetryService("poetry/ecstasy.txt");
poetryService.SetServiceParent(top);

var tcpService = new TcpServer(10070, new PoetryFactory(poetryService), "localhost");
tcpService.SetServiceParent(top);

// the server works without this service, so it is never restarted
var clock = new TimerService(TimeSpan.FromHours(1), () => Console.WriteLine($"serving since {tcpService.StartedAt:t}, restarted {tcpService.Restarts} times"));
top.AddService(clock, RestartPolicy.Temporary);

var application = new Application("supervised-poetry");
top.SetServiceParent(application);
