using System.Reflection;
using TacHost.Services;

namespace TacHost.Tests.Reloading;

public sealed class TreeChangeTests
{
    /// <summary>Each edit with the plan that must follow from it.</summary>
    public static TheoryData<string, string, string, string> Edits => new()
    {
        { "nothing", "Add(new TcpServer(10000, new EchoFactory()));", "Add(new TcpServer(10000, new EchoFactory()));", "= TcpServer" },
        { "comment", "Add(new Poem(\"a\"));", "// here\n\nAdd(new Poem(\"a\"));", "= Poem" },
        { "port", "Add(new TcpServer(10000, new EchoFactory()));", "Add(new TcpServer(10001, new EchoFactory()));", "~ TcpServer: endpoint.port was 10000 and is 10001" },
        { "interface", "Add(new TcpServer(1, new EchoFactory(), \"localhost\"));", "Add(new TcpServer(1, new EchoFactory(), \"127.0.0.1\"));", "~ TcpServer: endpoint.iface was 'localhost' and is '127.0.0.1'" },
        { "limit", "Add(new TcpServer(1, new EchoFactory()) { Limits = new ConnectionLimits { MaxConnections = 5 } });", "Add(new TcpServer(1, new EchoFactory()) { Limits = new ConnectionLimits { MaxConnections = 6 } });", "~ TcpServer: limits.maxConnections was 5 and is 6" },
        { "limit that was none", "Add(new TcpServer(1, new EchoFactory()));", "Add(new TcpServer(1, new EchoFactory()) { Limits = new ConnectionLimits { MaxConnections = 6 } });", "~ TcpServer: limits.maxConnections was null and is 6" },
        { "argument of a class", "Add(new Poem(\"a\"));", "Add(new Poem(\"b\"));", "~ Poem: text was 'a' and is 'b'" },
        { "user of what changed", "var p = Add(new Poem(\"a\")); Add(new Server(p, 1));", "var p = Add(new Poem(\"b\")); Add(new Server(p, 1));", "~ Poem: text was 'a' and is 'b'\n~ Server: it uses 'Poem', which is replaced" },
        { "user of a user", "var p = Add(new Poem(\"a\")); var s = Add(new Server(p, 1)); Add(new Holder(s));", "var p = Add(new Poem(\"b\")); var s = Add(new Server(p, 1)); Add(new Holder(s));", "~ Poem: text was 'a' and is 'b'\n~ Server: it uses 'Poem', which is replaced\n~ Holder: it uses 'Server', which is replaced" },
        { "what it uses is the tac's own class", "var p = Add(new Poem(\"a\")); Add(new Server(p, 1));", "var p = Add(new Poem(\"a\")); Add(new Server(p, 2));", "~ Poem: it shares a Poem, whose class is the tac's own, with 'Server', which is replaced\n~ Server: port was 1 and is 2" },
        { "bystander", "Add(new Poem(\"a\")); Add(new Holder(1));", "Add(new Poem(\"a\")); Add(new Holder(2));", "= Poem\n~ Holder: value was 1 and is 2" },
        { "service added", "Add(new Poem(\"a\"));", "Add(new Poem(\"a\")); Add(new Holder(1));", "= Poem\n+ Holder: is new" },
        { "service in front of equal ones", "Add(new Holder(1)); Add(new Holder(2));", "Add(new Holder(0)); Add(new Holder(1)); Add(new Holder(2));", "+ Holder: is new\n= Holder-2\n= Holder-3" },
        { "service removed from equal ones", "Add(new Holder(1)); Add(new Holder(2)); Add(new Holder(3));", "Add(new Holder(1)); Add(new Holder(3));", "= Holder\n= Holder-2\n- Holder-2: is no longer in the tac file" },
        { "exchanged order", "Add(new Holder(1)); Add(new Poem(\"a\"));", "Add(new Poem(\"a\")); Add(new Holder(1));", "= Poem\n= Holder" },
        { "name", "Add(new Poem(\"a\"), \"x\");", "Add(new Poem(\"a\"), \"y\");", "+ y: is new\n- x: is no longer in the tac file" },
        { "type under a name", "Add(new Poem(\"a\"), \"x\");", "Add(new Holder(\"a\"), \"x\");", "~ x: it was a Poem and is a Holder" },
        { "lambda", "var x = 1; Add(Timer(() => Console.Write(x)));", "var x = 1; Add(Timer(() => Console.WriteLine(x)));", "~ TimerService: call.call: its code has changed" },
        { "function behind a lambda", "int F() => 1; Add(Timer(() => F()));", "int F() => 2; Add(Timer(() => F()));", "~ TimerService: call.call: its code has changed" },
        { "code of a class", "class C : Service { int F() => 1; } Add(new C());", "class C : Service { int F() => 2; } Add(new C());", "~ C: the code of 'C' has changed" },
        { "code of a class in a field", "class C { int F() => 1; } Add(new Holder(new C()));", "class C { int F() => 2; } Add(new Holder(new C()));", "~ Holder: value: the code of 'C' has changed" },
        { "variable of a lambda", "var x = 1; Add(Timer(() => Console.Write(x)));", "var x = 2; Add(Timer(() => Console.Write(x)));", "~ TimerService: x was 1 and is 2" },
        { "variable of another lambda", "var x = 1; var y = 1; Add(Timer(() => Console.Write(x))); Add(Timer(() => Console.WriteLine(y)));", "var x = 1; var y = 2; Add(Timer(() => Console.Write(x))); Add(Timer(() => Console.WriteLine(y)));", "= TimerService\n~ TimerService-2: y was 1 and is 2" },
        { "variable changed after its use", "var x = 1; Add(Timer(() => Console.Write(x))); x = 5;", "var x = 1; Add(Timer(() => Console.Write(x))); x = 6;", "~ TimerService: x was 5 and is 6" },
        { "captured local", "for (var i = 0; i < 2; i++) { var x = i; Add(Timer(() => Console.Write(x))); }", "for (var i = 0; i < 2; i++) { var x = i * 2; Add(Timer(() => Console.Write(x))); }", "= TimerService\n~ TimerService-2: x was 1 and is 2" },
        { "static field", "class S { public static int X = 1; } S.X = 3; Add(Timer(() => Console.Write(S.X)));", "class S { public static int X = 1; } S.X = 4; Add(Timer(() => Console.Write(S.X)));", "~ TimerService: X was 3 and is 4" },
        { "variable that is written", "var x = 0; Add(Timer(() => x++), \"one\"); Add(Timer(() => Console.Write(x)), \"two\");", "var x = 0; Add(Timer(() => x++), \"one\"); Add(Timer(() => Console.WriteLine(x)), \"two\");", "~ one: it shares the variable 'x' with 'two', which is replaced\n~ two: call.call: its code has changed" },
        { "user of a variable that another writes", "var x = 0; var y = 0; Add(Timer(() => x++), \"one\"); Add(Timer(() => Console.Write(x + y)), \"two\");", "var x = 0; var y = 1; Add(Timer(() => x++), \"one\"); Add(Timer(() => Console.Write(x + y)), \"two\");", "~ one: its code shares the variable 'x' with 'two', which is replaced\n~ two: y was 0 and is 1" },
        { "variable that is only read", "var x = 0; Add(Timer(() => Console.Write(x + 1)), \"one\"); Add(Timer(() => Console.Write(x)), \"two\");", "var x = 0; Add(Timer(() => Console.Write(x + 1)), \"one\"); Add(Timer(() => Console.WriteLine(x)), \"two\");", "= one\n~ two: call.call: its code has changed" },
        { "new user of a variable that is written", "var x = 0; Add(Timer(() => x++), \"one\");", "var x = 0; Add(Timer(() => x++), \"one\"); Add(Timer(() => Console.Write(x)), \"two\");", "~ one: it shares the variable 'x' with 'two', which is new\n+ two: is new" },
        { "object shared no longer", "var l = new List<int>(); Add(new Holder(l)); Add(new Holder(l));", "Add(new Holder(new List<int>())); Add(new Holder(new List<int>()));", "= Holder\n~ Holder-2: value, a List<Int32>, is shared with others in another way" },
        { "object shared from now on", "Add(new Holder(new List<int>())); Add(new Holder(new List<int>()));", "var l = new List<int>(); Add(new Holder(l)); Add(new Holder(l));", "= Holder\n~ Holder-2: value, a List<Int32>, is shared with others in another way" },
        { "gate shared no longer", "var o = new object(); Add(new Holder(o), \"x\"); Add(new Holder(o), \"y\");", "Add(new Holder(new object()), \"x\"); Add(new Holder(new object()), \"y\");", "= x\n~ y: value, a Object, is shared with others in another way" },
        { "element of a list", "Add(new Holder(new List<int> { 1, 2 }));", "Add(new Holder(new List<int> { 1, 3 }));", "~ Holder: value[1] was 2 and is 3" },
        { "element of an array", "Add(new Holder(new[] { \"a\", \"b\" }));", "Add(new Holder(new[] { \"a\", \"c\" }));", "~ Holder: value[1] was 'b' and is 'c'" },
        { "number of elements", "Add(new Holder(new[] { 1 }));", "Add(new Holder(new[] { 1, 2 }));", "~ Holder: value: it had 1 elements and has 2" },
        { "value in a dictionary", "Add(new Holder(new Dictionary<string, int> { [\"a\"] = 1 }));", "Add(new Holder(new Dictionary<string, int> { [\"a\"] = 2 }));", "~ Holder: value[0].value was 1 and is 2" },
        { "comparer of a dictionary", "Add(new Holder(new Dictionary<string, int>(StringComparer.Ordinal)));", "Add(new Holder(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)));", "~ Holder: value.comparer" },
        { "dictionary by reference", "var o = new object(); Add(new Holder(new Dictionary<object, int> { [o] = 1 }));", "var o = new object(); Add(new Holder(new Dictionary<object, int> { [o] = 1 }));", "= Holder" },
        { "delegate", "Add(new Holder((Func<string, int>)int.Parse));", "Add(new Holder((Func<string, int>)Convert.ToInt32));", "~ Holder: value: it was a call of 'Parse' and is one of 'ToInt32'" },
        { "type", "Add(new Holder(typeof(int)));", "Add(new Holder(typeof(long)));", "~ Holder: value: it was a Int32 and is a Int64" },
        { "group", "var g = new MultiService(); g.SetName(\"g\"); g.AddService(new Poem(\"a\")); g.AddService(new Holder(1)); Add(g);", "var g = new MultiService(); g.SetName(\"g\"); g.AddService(new Poem(\"a\")); g.AddService(new Holder(2)); Add(g);", "= g\n= g/Poem\n~ g/Holder: value was 1 and is 2" },
        { "group of a class of its own", "class G(int x) : MultiService { public int X => x; } var g = new G(1); g.AddService(new Poem(\"a\")); Add(g);", "class G(int x) : MultiService { public int X => x; } var g = new G(2); g.AddService(new Poem(\"a\")); Add(g);", "~ G: x was 1 and is 2\n~ G/Poem: it is in 'G', which is replaced" },
        { "noise", "class N : Service { readonly Guid _id = Guid.NewGuid(); } Add(new N());", "class N : Service { readonly Guid _id = Guid.NewGuid(); } Add(new N());", "= N\nN.id is different each time and does not count" },
        { "opaque", "Add(new Holder(new MemoryStream()));", "Add(new Holder(new MemoryStream()));", "~ Holder: value: it is a MemoryStream, which cannot be inspected" },
        { "part of a key", "var t = Add(new TimerService(TimeSpan.FromHours(1), () => { })); Add(new Holder(new Dictionary<(IService, int), int> { [(t, 1)] = 1 }));", "var t = Add(new TimerService(TimeSpan.FromHours(1), () => { })); Add(new Holder(new Dictionary<(IService, int), int> { [(t, 1)] = 2 }));", "~ TimerService: it shares a TimerService, which is part of a key in a collection, with 'Holder', which is replaced\n~ Holder: value[0].value was 1 and is 2" },
        { "key in an immutable dictionary", "var t = Add(new TimerService(TimeSpan.FromHours(1), () => { })); Add(new Holder(System.Collections.Immutable.ImmutableDictionary<IService, int>.Empty.Add(t, 1)));", "var t = Add(new TimerService(TimeSpan.FromHours(1), () => { })); Add(new Holder(System.Collections.Immutable.ImmutableDictionary<IService, int>.Empty.Add(t, 2)));", "~ TimerService: it shares a TimerService, which is a key in a collection, with 'Holder', which is replaced\n~ Holder: value[0].value was 1 and is 2" },
        { "key in a dictionary", "var t = Add(new TimerService(TimeSpan.FromHours(1), () => { })); Add(new Holder(new Dictionary<IService, int> { [t] = 1 }));", "var t = Add(new TimerService(TimeSpan.FromHours(1), () => { })); Add(new Holder(new Dictionary<IService, int> { [t] = 2 }));", "~ TimerService: it shares a TimerService, which is a key in a collection, with 'Holder', which is replaced\n~ Holder: value[0].value was 1 and is 2" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task Plan_OfAnEdit_SaysWhatChangesAndWhy(string edit, string before, string after, string plan)
    {
        var change = await TacChange.MakeAsync(before, after);
        Assert.True(change.Plan == plan || (plan.EndsWith("comparer", StringComparison.Ordinal) && change.Plan.StartsWith(plan, StringComparison.Ordinal)), $"{edit}:\n{change.Plan}");
    }

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task Plan_OfTheSameTextAgain_ChangesNothing(string edit, string before, string after, string plan)
    {
        Assert.NotNull(plan);
        var change = await TacChange.MakeAsync(after, after);
        Assert.True(!change.Change.Plan.ChangesAnything || edit == "opaque", change.Plan);
        Assert.NotNull(before);
    }

    [Fact]
    public async Task Plan_FileThatTheTacReadsHasChanged_ComparesWithWhatRuns()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "10", TestContext.Current.CancellationToken);
            var tac = $"Add(new TcpServer(int.Parse(File.ReadAllText(\"{file}\")), new EchoFactory()));";
            var change = await TacChange.MakeAsync(tac, tac, _ => File.WriteAllTextAsync(file, "11"));
            Assert.Equal("~ TcpServer: endpoint.port is 10 in the running service, but the unchanged tac file would make it 11 now: an input of the tac file has changed", change.Plan);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Plan_FileThatTheStartHasReadHasChanged_NamesIt()
    {
        var file = Path.GetTempFileName();
        try
        {
            var tac = $"class R : Service {{ protected override Task OnStartAsync(CancellationToken c) {{ RecordFile(\"{file}\"); return Task.CompletedTask; }} }} Add(new R()); Add(new Poem(\"a\"));";
            var same = await TacChange.MakeAsync(tac, tac, running => running.StartAsync(TestContext.Current.CancellationToken));
            Assert.Equal("= R\n= Poem", same.Plan);
            var change = await TacChange.MakeAsync(tac, tac, async running =>
            {
                await running.StartAsync(TestContext.Current.CancellationToken);
                await File.WriteAllTextAsync(file, "other");
            });
            Assert.Equal($"~ R: {file} has changed\n= Poem", change.Plan);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Plan_ServiceHasFailed_ReplacesIt()
    {
        const string tac = "class F : Service { protected override Task ExecuteAsync(CancellationToken c) => throw new IOException(\"broken\"); } Add(new F()); Add(new Poem(\"a\"));";
        var change = await TacChange.MakeAsync(tac, tac, running => running.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal("~ F: it has failed: broken\n= Poem", change.Plan);
    }

    [Fact]
    public async Task LeadReferences_ObjectOfALibraryIsShared_IsTheOneThatRuns()
    {
        var change = await TacChange.MakeAsync(
            "var l = new List<int>(); Add(Timer(() => l.Add(1)), \"one\"); Add(Timer(() => Console.Write(l)), \"two\");",
            "var l = new List<int>(); Add(Timer(() => l.Add(1)), \"one\"); Add(Timer(() => Console.WriteLine(l)), \"two\");");
        Assert.Equal("= one\n~ two: call.call: its code has changed", change.Plan);
        var running = Variable(change.Running.GetServiceNamed("two"), "l");
        Assert.NotSame(running, Variable(change.New.GetServiceNamed("two"), "l"));
        change.Change.LeadReferences();
        Assert.Same(running, Variable(change.New.GetServiceNamed("two"), "l"));
    }

    [Fact]
    public async Task LeadReferences_ServiceThatStays_IsTheOneThatRuns()
    {
        var change = await TacChange.MakeAsync(
            "var t = Add(Timer(() => Console.Write(1))); Add(new Holder(new object[] { 1, t }));",
            "var t = Add(Timer(() => Console.Write(1))); Add(new Holder(new object[] { 2, t }));");
        Assert.Equal("= TimerService\n~ Holder: value[0] was 1 and is 2", change.Plan);
        change.Change.LeadReferences();
        var holder = change.New.GetServiceNamed("Holder");
        Assert.Same(change.Running.GetServiceNamed("TimerService"), ((object[])holder.GetType().GetProperty("Value")!.GetValue(holder)!)[1]);
    }

    /// <summary>A variable of the script, as the function of a timer sees it.</summary>
    private static object? Variable(IService timer, string name)
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var call = (Delegate)typeof(TimerService).GetField("_call", all)!.GetValue(timer)!;
        var inner = (Delegate)call.Target!.GetType().GetFields(all).First(field => typeof(Delegate).IsAssignableFrom(field.FieldType)).GetValue(call.Target)!;
        return inner.Target!.GetType().GetField(name, all)!.GetValue(inner.Target);
    }
}
