using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Fleet;
using TacHost.Logging;
using TacHost.Native;
using TacHost.Packages;
using TacHost.Plugins;
using TacHost.Scripting;

namespace TacHost.Tests;

/// <summary>Mutated input for the parsers of the host's files and options: a parser accepts it or refuses it by its own exception, and nothing else.</summary>
public sealed class ParserFuzzTests : IDisposable
{
    private const int Short = 500, Long = 20_000;

    private static readonly string[] _values = ["""{ "port": 80, /* x */ "name": "a\u00e9\ud83d\ude00", "on": true, "none": null, "list": [1, "b", false,], }"""];

    private static readonly string[] _locks = ["""{ "version": 1, "framework": "net10.0", "requested": ["A, 1.0.0"], "packages": [{ "id": "A", "version": "1.0.0", "contentHash": "x==" }] }"""];

    private static readonly string[] _settings = ["""{ "poem": { "set": { "port": "80" }, "constraints": ["node=one", "role!=web"], "off": true } }"""];

    private static readonly string[] _options = ["1m30s", "1.5h", "500k", "10M", "udp://localhost:514", "tcp://[::1]:601", "/dev/log", "info,Microsoft.AspNetCore=warn"];

    private static readonly string[] _tacs = ["#!/usr/bin/tachost\n#r \"nuget: A, 1.0\"\n#load \"b.csx\"\n#:package A@1.0.0\n#:sdk X\n// #r \"c\"\nvar x = \"#r\"; /* #load */\n#if A\n#r \"d.dll\"\n#endif\n"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Parsers_MutatedInput_ThrowNothingElse() => Run(Short);

    [Fact]
    [LongSet]
    public void Parsers_MuchMutatedInput_ThrowNothingElse() => Run(Long);

    /// <summary>What no mutation finds soon: half of a surrogate pair, which a JSON text may contain and a string of .NET may not.</summary>
    [Fact]
    public void Values_WithHalfASurrogatePair_AreRefused()
    {
        File.WriteAllText(_directory["x.values.json"], """{ "name": "\ud83d" }""");
        var failure = Assert.Throws<TacHostException>(() => ValuesFile.Read(_directory["x.values.json"], ""));
        Assert.Contains("half of a surrogate pair", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "version": 1, "framework": "net10.0", "requested": [], "packages": [null] }""")]
    [InlineData("""{ "version": 1, "framework": null, "requested": [], "packages": [] }""")]
    public void Lock_WithNothingInIt_IsRefused(string text)
    {
        File.WriteAllText(_directory["x.lock.json"], text);
        Assert.Contains("it is not complete", Assert.Throws<TacHostException>(() => PackageLock.Read(_directory["x.lock.json"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "poem": null }""")]
    [InlineData("""{ "poem": { "set": null } }""")]
    [InlineData("""{ "poem": { "set": { "a": null } } }""")]
    [InlineData("""{ "poem": { "constraints": null } }""")]
    [InlineData("""{ "poem": { "constraints": [null] } }""")]
    public void ClusterSettings_WithNull_AreRefused(string text) =>
        Assert.Contains("cannot read '", Assert.Throws<TacHostException>(() => ReadClusterSettings(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "poem": {} }""")]
    [InlineData("""{ "poem": { "constraints": ["role=gpu"] } }""")]
    [InlineData("""{ "poem": { "set": { "port": "0" } } }""")]
    public void ClusterSettings_WithoutSomeOfThem_AreRead(string text) => ReadClusterSettings(text);

    private void ReadClusterSettings(string text)
    {
        Directory.CreateDirectory(_directory["fleet"]);
        Write("fleet/poem.csx", "");
        Write("fleet/cluster.json", text);
        ClusterSettings.ReadDirectory(_directory["fleet"], _ => new PreparedUnit(new PreparedApplication.Failure(0, ""), "", []));
    }

    /// <summary>The process outside of a jail answers whatever the jailed one sends.</summary>
    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    public void DirectoryServer_CraftedLength_IsRefused(byte[] question) => AskDirectoryServer(ask => ask(question));

    private void AskDirectoryServer(Action<Action<byte[]>> questions)
    {
        using var directory = OpenDirectory.Open(_directory.Path)!;
        var (own, other) = DescriptorSocket.CreatePair();
        var served = Task.Run(() =>
        {
            using (other)
                new DirectoryServer(other, [(new LocalDirectory(directory.Handle), "log")]).Run();
        });
        var answer = new byte[DirectoryServer.AnswerSize];
        questions(question =>
        {
            var isAnswered = own.Send(question) && own.Receive(answer, out var file) == answer.Length && Dispose(file);
            Assert.True(isAnswered, $"{served.Exception}\ninput:\n{Convert.ToHexString(question)}");
        });
        own.Dispose();
        Assert.True(served.Wait(Bounded.Patience));

        static bool Dispose(IDisposable? file)
        {
            file?.Dispose();
            return true;
        }
    }

    private static byte[] Question(byte call, string name, string other)
    {
        using MemoryStream question = new();
        using BinaryWriter writer = new(question);
        writer.Write(call);
        writer.Write(0);
        writer.Write((int)(OpenFlags.WriteOnly | OpenFlags.Create));
        writer.Write(0x1A4u);
        writer.Write(name);
        writer.Write(other);
        return question.ToArray();
    }

    [Theory]
    [InlineData("A", "one", "the package 'A' has 'one' for a version")]
    [InlineData("A", "", "the package 'A' has '' for a version")]
    [InlineData("../A", "1.0.0", "the entry '../A' is not the name of a package")]
    [InlineData("..", "1.0.0", "the entry '..' is not the name of a package")]
    [InlineData("", "1.0.0", "the entry '' is not the name of a package")]
    public void Lock_WithAWrongPackage_NamesItsEntry(string id, string version, string said)
    {
        var path = Write("x.lock.json", $$"""{ "version": 1, "framework": "net10.0", "requested": [], "packages": [{ "id": "{{id}}", "version": "{{version}}", "contentHash": "x==" }] }""");
        var failure = Assert.Throws<TacHostException>(() => PackageLock.Read(path));

        Assert.Equal(ExitCode.BadTac, failure.ExitCode);
        Assert.StartsWith($"the lock file '{path}' cannot be used: {said}.\n", failure.Message, StringComparison.Ordinal);
    }

    private void Run(int count)
    {
        byte[][] questions = [.. Enumerable.Range(0, 4).Select(call => Question((byte)call, "log.1", "log.2"))];
        AskDirectoryServer(ask =>
        {
            Random random = new(4711);
            for (var i = 0; i < count; i++)
            {
                if (Mutation.Of(random, questions[i % questions.Length]) is { Length: > 0 } question)
                    ask(question);
            }
        });
        Random random = new(1021);
        using (var file = File.OpenHandle(_directory["handover"], FileMode.Create, FileAccess.Write))
            Handover.Write(file, new PreparedApplication.Tac(new CompiledTac("x.csx", [], ["a.dll"], []), ["lib"], ["notice"], []));
        var handedOver = File.ReadAllBytes(_directory["handover"]);
        var cache = CacheDirectory.At(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        for (var i = 0; i < count; i++)
        {
            var values = Write("values", Mutation.Of(random, _values));
            Mutation.Try<TacHostException>(File.ReadAllText(values), () => ValuesFile.Read(values, ""));
            var locked = Write("lock", Mutation.Of(random, _locks));
            Mutation.Try<TacHostException>(File.ReadAllText(locked), () =>
            {
                foreach (var package in PackageLock.Read(locked)!.Packages)
                    PackageFolder.Identity(package);
            });
            using (var pid = File.OpenHandle(Write("pid", Mutation.Of(random, ["4711\n"]))))
                Mutation.Try<TacHostException>("pid", () => Assert.InRange(PidFileLock.ProcessIn(pid) ?? 1, 1, int.MaxValue), isRefused: false);
            var option = Mutation.Of(random, _options);
            Mutation.Try<TacHostException>(option, () => Duration.Parse(option), isRefused: false);
            Mutation.Try<TacHostException>(option, () => ByteCount.Parse(option), isRefused: false);
            Mutation.Try<TacHostException>(option, () => SyslogOptions.Parse(option, option, option));
            Mutation.Try<TacHostException>(option, () => HostRequest.Read(["--log-level", option, "--grace", option, "--log-size", option, "x.csx"]));
            var tac = Mutation.Of(random, _tacs);
            Mutation.Try<TacHostException>(tac, () => DirectiveScan.Of(tac));
            Mutation.Try<TacHostException>(tac, () => ProgramDirectives.Read(tac, "x.cs"));
            var image = new CompiledTac("x.csx", [], ["a.dll"], []).ToBytes();
            var damaged = Mutation.Of(random, image);
            Assert.Equal(damaged.SequenceEqual(image), CompiledTac.FromBytes(damaged) is not null);
            File.WriteAllBytes(_directory[PluginIndex.NameOf("plugins")], damaged);
            Assert.Empty(PluginIndex.Load("plugins", cache));
            var record = Write("record.state", Mutation.Of(random, ["off 0123abcd 4711 99887766\n", "on  0 \n"]));
            Mutation.Try<TacHostException>(File.ReadAllText(record), () => Assert.True(UnitRecord.Read(record).Process >= 0), isRefused: false);
            var report = Mutation.Of(random, "78\nanother instance runs as process 4711.\n"u8.ToArray());
            Mutation.Try<TacHostException>(Convert.ToHexString(report), () => StartupReport.Read(report), isRefused: false);
            var settings = Mutation.Of(random, _settings);
            Mutation.Try<TacHostException>(settings, () => ReadClusterSettings(settings));
            var constraint = Mutation.Of(random, ["node=one", "role!=web", "apart-from=poem"]);
            Mutation.Try<TacHostException>(constraint, () => Constraint.Read(constraint));
            Mutation.Try<TacHostException>(constraint, () => Assert.InRange(ListenVariables.ParseCount(constraint), 0, int.MaxValue), isRefused: false);
            File.WriteAllBytes(_directory["handover"], Mutation.Of(random, handedOver));
            using (var file = File.OpenHandle(_directory["handover"]))
                Assert.Equal(File.ReadAllBytes(_directory["handover"]).SequenceEqual(handedOver), Handover.Read(file) is not null);
        }
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_directory[name], text);
        return _directory[name];
    }
}
