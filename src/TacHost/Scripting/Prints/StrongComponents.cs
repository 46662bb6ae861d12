namespace TacHost.Scripting.Prints;

/// <summary>Finds the parts of the code in which each leads to each other.</summary>
internal static class StrongComponents
{
    /// <summary>Returns the parts, each behind those that it leads to. Tarjan's algorithm, without recursion, because code may lead on for long.</summary>
    public static List<List<CodeNode>> Of(IEnumerable<CodeNode> nodes)
    {
        Dictionary<CodeNode, Mark> marks = [];
        List<List<CodeNode>> parts = [];
        Stack<CodeNode> open = new();
        Stack<(CodeNode Node, int Next)> path = new();
        foreach (var root in nodes)
        {
            if (marks.ContainsKey(root))
                continue;
            Enter(root);
            while (path.TryPop(out var step))
            {
                var mark = marks[step.Node];
                if (step.Next < step.Node.Edges.Count)
                {
                    path.Push((step.Node, step.Next + 1));
                    var target = step.Node.Edges[step.Next];
                    if (!marks.TryGetValue(target, out var known))
                        Enter(target);
                    else if (known.IsOpen)
                        mark.Lowest = Math.Min(mark.Lowest, known.Number);
                    continue;
                }

                if (mark.Lowest == mark.Number)
                    parts.Add(Close(step.Node));
                if (path.TryPeek(out var caller))
                    marks[caller.Node].Lowest = Math.Min(marks[caller.Node].Lowest, mark.Lowest);
            }
        }

        return parts;

        void Enter(CodeNode node)
        {
            marks.Add(node, new Mark(marks.Count));
            open.Push(node);
            path.Push((node, 0));
        }

        List<CodeNode> Close(CodeNode first)
        {
            List<CodeNode> part = [];
            CodeNode node;
            do
            {
                node = open.Pop();
                marks[node].IsOpen = false;
                part.Add(node);
            }
            while (node != first);
            return part;
        }
    }

    private sealed class Mark(int number)
    {
        public int Number { get; } = number;

        public int Lowest { get; set; } = number;

        public bool IsOpen { get; set; } = true;
    }
}
