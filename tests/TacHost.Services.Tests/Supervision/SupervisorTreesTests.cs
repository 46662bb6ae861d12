using TacHost.Services.Supervision;

namespace TacHost.Services.Tests.Supervision;

/// <summary>Random trees of supervisors and groups, in which services fail in random ways at random times, from several threads.</summary>
public sealed class SupervisorTreesTests
{
    private readonly List<Worker> _workers = [];
    private readonly List<Supervisor> _supervisors = [];
    private readonly Dictionary<Worker, RestartPolicy> _policies = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, bool> Seeds { get; } = [.. Enumerable.Range(0, 40).Select(seed => (seed, seed % 2 == 0))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task RandomTree_WithRandomFailures_EndsWhereItsPoliciesSay(int seed, bool isStoppedInTheMiddle)
    {
        Random random = new(seed);
        Application application = new("top");
        MakeSupervisor(random, application, depth: 0);
        await application.StartAsync(Token).Soon();

        var seeds = Enumerable.Range(0, 4).Select(_ => random.Next()).ToArray();
        var failing = Task.WhenAll(seeds.Select(each => Task.Run(() => FailAsync(new Random(each)), Token)));
        if (!isStoppedInTheMiddle)
        {
            await failing.Soon();
            Assert.True(SpinWait.SpinUntil(IsWherePoliciesSay, Bounded.Patience), Describe());
            foreach (var supervisor in _supervisors)
                await supervisor.Exits.Quiet.Soon();
            Assert.True(IsWherePoliciesSay(), Describe());
            Assert.All(_workers, worker => Assert.Equal(worker.Running ? worker.Starts - 1 : worker.Starts, worker.Stops));
        }

        await application.StopAsync(Token).Soon();
        await failing.Soon();
        foreach (var supervisor in _supervisors)
            await supervisor.Exits.Quiet.Soon();
        Assert.All(_workers, worker => Assert.Equal(worker.Starts, worker.Stops));
        Assert.All(_workers, worker => Assert.True(worker.State is ServiceState.Stopped or ServiceState.Failed));
        Assert.All(_supervisors, supervisor => Assert.True(supervisor.State is ServiceState.Stopped or ServiceState.Failed));
        Assert.False(application.Failed.IsCompleted);
    }

    /// <summary>A permanent child runs, a transient one runs or has completed, a temporary one runs unless it has ended or a sibling's restart has stopped it.</summary>
    private bool IsWherePoliciesSay() => _workers.TrueForAll(worker => worker.Phase == ServicePhase.Running || (worker.State == ServiceState.Stopped && _policies[worker] != RestartPolicy.Permanent))
        && _workers.TrueForAll(worker => worker.NextTry is null);

    private async Task FailAsync(Random random)
    {
        for (var i = 0; i < 60; i++)
        {
            var worker = _workers[random.Next(_workers.Count)];
            switch (random.Next(4))
            {
                case 0:
                    worker.FailNow();
                    break;
                case 1:
                    worker.ThrowFromBody();
                    break;
                case 2:
                    worker.FailStarts(random.Next(3));
                    worker.FailNow();
                    break;
                default:
                    worker.ReturnFromBody();
                    break;
            }

            if (random.Next(3) == 0)
                await Task.Yield();
        }
    }

    private void MakeSupervisor(Random random, IServiceCollection parent, int depth)
    {
        Supervisor supervisor = new((RestartStrategy)random.Next(3), maxRestarts: int.MaxValue)
        {
            Backoff = new Backoff { InitialDelay = TimeSpan.FromMilliseconds(random.Next(3)), Factor = 1, Jitter = () => TimeSpan.Zero },
        };
        supervisor.SetServiceParent(parent);
        _supervisors.Add(supervisor);
        var children = random.Next(1, 5);
        for (var i = 0; i < children; i++)
        {
            if (depth < 3 && random.Next(3) == 0)
                MakeSupervisor(random, supervisor, depth + 1);
            else
                MakeWorker(random, supervisor);
        }
    }

    private void MakeWorker(Random random, Supervisor supervisor)
    {
        Worker worker = new() { WhenStarting = random.Next(2) == 0 ? null : async _ => await Task.Yield(), WhenStopping = random.Next(2) == 0 ? null : async _ => await Task.Yield() };
        var policy = (RestartPolicy)random.Next(3);
        supervisor.AddService(worker, policy);
        _policies.Add(worker, policy);
        _workers.Add(worker);
    }

    private string Describe() => string.Join("\n", _workers.Select(worker => $"{worker.ServicePath} {_policies[worker]} {worker.Phase} {worker.Starts}/{worker.Stops} next {worker.NextTry} {worker.LastFailure?.Message}"));
}
