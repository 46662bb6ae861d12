// poem.csx with three packages, each of which is loaded. Their versions are in the lock file beside this file.
#r "nuget: Cronos, 0.11.1"
#r "nuget: Dapper, 2.1.66"
#r "nuget: Polly.Core, 8.6.5"
#r "FastPoetry.Services.dll"
using FastPoetry.Services;

// configuration parameters
var port = int.Parse(Environment.GetEnvironmentVariable("BENCH_PORT"));
var iface = "localhost";
var poetryFile = Environment.GetEnvironmentVariable("BENCH_POEM");

// one type of each package
Type[] used = [typeof(Cronos.CronExpression), typeof(Dapper.SqlMapper), typeof(Polly.ResiliencePipeline)];

// the services that together form the poetry server
var topService = new MultiService();

// holds the poem; loads it when it is started
var poetryService = new PoetryService(poetryFile);
poetryService.SetServiceParent(topService);

// connects the factory to a listening socket; creates the socket when it is started
var tcpService = new TcpServer(port, new PoetryFactory(poetryService), iface);
tcpService.SetServiceParent(topService);

// the one name that the host looks for
var application = new Application("fastpoetry");
topService.SetServiceParent(application);
