using BenchmarkDotNet.Attributes;
using TacHost.Packages;
using TacHost.Scripting;

namespace TacHost.MicroBenchmarks;

/// <summary>From the path of a tac file to what is to be run of it, when it was compiled before.</summary>
public class CacheHitBenchmarks
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tachost-micro-").FullName;
    private string _tac = "";
    private string[] _directories = [];

    [GlobalSetup]
    public void Compile()
    {
        _directories = [Path.Combine(AppContext.BaseDirectory, "plugins")];
        _tac = Path.Combine(_directory, "ecstasy.csx");
        File.WriteAllText(_tac, """
            #r "FastPoetry.Services.dll"
            using FastPoetry.Services;
            var application = new Application("fastpoetry");
            var poetry = new PoetryService("ecstasy.txt");
            poetry.SetServiceParent(application);
            new TcpServer(10000, new PoetryFactory(poetry), "localhost").SetServiceParent(application);
            """);
        if (!Prepare().WasCompiled || Prepare().WasCompiled)
            throw new InvalidOperationException("The cache does not keep what it is given.");
    }

    [GlobalCleanup]
    public void CleanUp() => Directory.Delete(_directory, recursive: true);

    [Benchmark]
    public object Hit() => Prepare();

    private TacPreparation Prepare() => TacFile.Prepare(_tac, _directories, new PackageOptions(), TacCache.At(Path.Combine(_directory, "cache")));
}
